//! Whether the texts of a file are such that SQLite compares them as the server does.
//!
//! A collation of SQLite folds the case of ASCII letters and nothing else, and blanks at the end count. For texts of
//! ASCII letters and digits that is what every collation of a server does. It must not know what compares them.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::file::sql::quoted;
use crate::translate::{TextColumn, TextUse};

/// What is noted of a view that has `compared` these columns.
pub(super) fn remarks(
    connection: &Connection,
    compared: &BTreeSet<(TextColumn, TextUse)>,
) -> rusqlite::Result<Vec<String>> {
    let (mut texts, mut documents, mut others) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (column, how) in compared {
        if !differs(connection, column, *how)? {
            continue;
        }
        let told = match &column.table {
            Some(table) => format!("{table}.{}", column.column),
            None => column.column.clone(),
        };
        match how {
            TextUse::Concatenation => &mut others,
            TextUse::Documents => &mut documents,
            _ => &mut texts,
        }
        .insert(told);
    }
    let listed = |found: BTreeSet<String>| found.into_iter().collect::<Vec<_>>().join(", ");
    let mut remarks = Vec::new();
    if !texts.is_empty() {
        remarks.push(format!(
            "SQLite compares, sorts and changes the case of texts by other rules where there is more than ASCII \
             letters and digits, or a blank at the end, as in {}",
            listed(texts)
        ));
    }
    if !documents.is_empty() {
        remarks.push(format!(
            "objects and arrays in JSON come without blanks, as there are in {}",
            listed(documents)
        ));
    }
    if !others.is_empty() {
        remarks.push(format!("the order within {} is SQLite's", listed(others)));
    }
    Ok(remarks)
}

/// Whether some row holds what makes a difference.
fn differs(connection: &Connection, column: &TextColumn, how: TextUse) -> rusqlite::Result<bool> {
    let Some(table) = &column.table else {
        return Ok(true);
    };
    let (table, own) = (quoted(table), quoted(&column.column));
    let of_rows = |condition: &str| {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {condition})");
        connection.query_row(&sql, [], |row| row.get::<_, bool>(0))
    };
    let beyond_ascii = format!("{own} GLOB '*[^' || char(1) || '-~]*'");
    let blank = format!("{own} LIKE '% '");
    match how {
        TextUse::Case => of_rows(&beyond_ascii),
        TextUse::Equality => of_rows(&format!("{beyond_ascii} OR {blank}")),
        TextUse::Order => of_rows(&format!("{own} GLOB '*[^ 0-9A-Za-z]*' OR {blank}")),
        TextUse::Group => Ok(of_rows(&format!("{beyond_ascii} OR {blank}"))?
            || spelled_twice(connection, &table, &own)?),
        TextUse::Documents => of_rows(&format!(
            "json_valid({own}) AND EXISTS (SELECT 1 FROM json_tree({table}.{own}) AS part WHERE part.type IN \
             ('object', 'array') AND part.fullkey <> '$')"
        )),
        TextUse::Concatenation => Ok(true),
    }
}

/// Whether texts that are equal are written in more than one way: which of them stands for all is not said.
fn spelled_twice(connection: &Connection, table: &str, column: &str) -> rusqlite::Result<bool> {
    let count = |collation: &str| format!("count(DISTINCT {column} COLLATE {collation})");
    let sql = format!(
        "SELECT {} <> {} FROM {table}",
        count("BINARY"),
        count("NOCASE")
    );
    connection.query_row(&sql, [], |row| row.get(0))
}
