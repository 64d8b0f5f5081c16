//! Keys: secondary ones as indexes, foreign ones as clauses of their table.
//!
//! A unique key over the first characters of a column stays one, as an index over `substr`; other
//! keys lose their prefix lengths, which only save space. Full-text and spatial keys have no
//! counterpart in a file that any SQLite can read.

use rusqlite::Connection;

use super::table::ImportTable;
use crate::dump::{
    ForeignKey, KeyDefinition, KeyKind, KeyPart, KeyValue, TableDefinition, ValueType,
};
use crate::file::sql::quoted;
use crate::translate;

/// An index of the new file, before it has its final name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) unique: bool,
    /// SQL of its parts.
    pub(super) parts: Vec<String>,
}

impl Index {
    pub(super) fn sql(&self, table: &str) -> String {
        format!(
            "CREATE {}INDEX {} ON {} ({})",
            if self.unique { "UNIQUE " } else { "" },
            quoted(&self.name),
            quoted(table),
            self.parts.join(", ")
        )
    }
}

/// What stands in the way of a unique index: values that several rows have, for a message.
pub(super) fn duplicate(connection: &Connection, table: &str, index: &Index) -> Option<String> {
    let parts = index.parts.iter();
    let parts: Vec<&str> = parts
        .map(|part| part.strip_suffix(" DESC").unwrap_or(part))
        .collect();
    let shown: Vec<String> = parts.iter().map(|part| format!("quote({part})")).collect();
    let sql = format!(
        "SELECT {}, count(*) FROM {} GROUP BY {} HAVING count(*) > 1 AND {} LIMIT 1",
        shown.join(" || ', ' || "),
        quoted(table),
        parts.join(", "),
        parts
            .iter()
            .map(|part| format!("{part} IS NOT NULL"))
            .collect::<Vec<_>>()
            .join(" AND ")
    );
    connection
        .query_row(&sql, [], |row| {
            let value: String = row.get(0)?;
            let count: u64 = row.get(1)?;
            Ok(format!("{count} rows have the value {value}"))
        })
        .ok()
}

/// The index of a key; the reason when there is none.
pub(super) fn index(table: &ImportTable, key: &KeyDefinition) -> Result<Index, String> {
    let unique = match key.kind {
        KeyKind::Plain => false,
        KeyKind::Unique => true,
        KeyKind::Fulltext => return Err("a full-text index".to_owned()),
        KeyKind::Spatial => return Err("a spatial index".to_owned()),
    };
    let parts: Result<Vec<String>, String> = key
        .parts
        .iter()
        .map(|part| index_part(table, part, unique))
        .collect();
    Ok(Index {
        name: format!("{}_{}", table.name, key_name(key)),
        unique,
        parts: parts?,
    })
}

/// The name of a key, which is that of its first column where the dump has none.
pub(super) fn key_name(key: &KeyDefinition) -> String {
    key.name.clone().unwrap_or_else(|| {
        let column = key.parts.first().and_then(KeyPart::column);
        column.unwrap_or("expression").to_owned()
    })
}

pub(super) fn index_part(
    table: &ImportTable,
    part: &KeyPart,
    unique: bool,
) -> Result<String, String> {
    let order = if part.descending { " DESC" } else { "" };
    let name = match &part.value {
        KeyValue::Expression(source) => {
            let scope = table.layout.scope(&table.definition.name);
            let sql = translate::expression(source, &scope)
                .and_then(|sql| sql.shown())
                .map_err(|reason| format!("it uses {reason}"))?;
            return Ok(format!("({sql}){order}"));
        }
        KeyValue::Column(name) => name,
        KeyValue::Period(name) => return Err(format!("it is over the period {name}")),
    };
    let index = table.layout.index_of(name);
    let index =
        index.ok_or_else(|| format!("a key over column {name}, which the table does not have"))?;
    let column = &table.layout.columns[index];
    let own = quoted(&column.name);
    match part.length {
        Some(length) if unique && !is_whole(&table.definition, name, length) => {
            let collation = if column.nocase { " COLLATE NOCASE" } else { "" };
            let start = format!("substr({own}, 1, {length})");
            Ok(match column.kind {
                // substr() takes NUL for the end of a text, which would make others equal.
                ValueType::Text(_) | ValueType::Char(_) => format!(
                    "iif(instr(CAST({own} AS BLOB), x'00'), CAST({own} AS BLOB), {start}){collation}{order}"
                ),
                _ => format!("{start}{collation}{order}"),
            })
        }
        _ => Ok(format!("{own}{order}")),
    }
}

/// Whether the first `length` characters are all that the column can hold.
fn is_whole(table: &TableDefinition, column: &str, length: u32) -> bool {
    table
        .column(column)
        .and_then(|column| column.column_type.arguments.first()?.parse::<u32>().ok())
        .is_some_and(|limit| limit <= length)
}

/// The unique keys of a table in the order in which a server looks for the row that has a value already: the
/// primary one, those whose columns are all NOT NULL, the others; in each of these, parts of columns come last.
pub(super) fn in_server_order(table: &TableDefinition) -> Vec<&[KeyPart]> {
    let column = |part: &KeyPart| part.column().and_then(|name| table.column(name));
    let may_be_null = |part: &KeyPart| column(part).is_none_or(|column| !column.not_null);
    let is_partial = |part: &KeyPart| match (part.length, part.column()) {
        (Some(length), Some(name)) => !is_whole(table, name, length),
        _ => false,
    };
    let unique = table.keys.iter().filter(|key| key.kind == KeyKind::Unique);
    let mut keys: Vec<&[KeyPart]> = unique.map(|key| key.parts.as_slice()).collect();
    keys.sort_by_key(|parts| (parts.iter().any(may_be_null), parts.iter().any(is_partial)));
    if !table.primary_key.is_empty() {
        keys.insert(0, &table.primary_key);
    }
    keys
}

/// The indexes that keep rows unique, the primary key's included where the table itself does not.
pub(super) fn unique_keys(table: &ImportTable) -> Vec<Index> {
    let mut keys: Vec<Index> = primary_index(table).into_iter().collect();
    let unique = |key: &&KeyDefinition| key.kind == KeyKind::Unique && !is_rowid(table, key);
    keys.extend(
        table
            .definition
            .keys
            .iter()
            .filter(unique)
            .filter_map(|key| index(table, key).ok()),
    );
    keys
}

/// Whether the key says of the rowid column what that is anyway.
pub(super) fn is_rowid(table: &ImportTable, key: &KeyDefinition) -> bool {
    let Some(rowid) = table.layout.rowid else {
        return false;
    };
    let name = table.layout.columns[rowid].name.as_str();
    matches!(key.parts.as_slice(), [only] if only.column() == Some(name) && only.length.is_none())
}

/// A primary key over the first characters of a column, or a computed one, is a unique index in
/// SQLite.
pub(super) fn primary_index(table: &ImportTable) -> Option<Index> {
    let parts = &table.definition.primary_key;
    if parts.is_empty() || !table.layout.primary_key.is_empty() || table.layout.rowid.is_some() {
        return None;
    }
    let parts = parts.iter().map(|part| index_part(table, part, true).ok());
    Some(Index {
        name: format!("{}_primary", table.name),
        unique: true,
        parts: parts.collect::<Option<_>>()?,
    })
}

/// The clause of a foreign key of `child`; the reason when it cannot be kept.
pub(super) fn foreign_key(
    child: &ImportTable,
    key: &ForeignKey,
    parent: Option<&ImportTable>,
) -> Result<String, String> {
    let missing = |name: &&String| child.layout.index_of(name).is_none();
    if let Some(name) = key.columns.iter().find(missing) {
        return Err(format!("the table has no column {name}"));
    }
    let parent = parent.ok_or_else(|| format!("its parent {} is not in the file", key.parent))?;
    let parent_columns: Vec<&str> = if key.parent_columns.is_empty() {
        parent
            .definition
            .primary_key
            .iter()
            .filter_map(KeyPart::column)
            .collect()
    } else {
        key.parent_columns.iter().map(String::as_str).collect()
    };
    if !is_unique(parent, &parent_columns) {
        return Err(format!(
            "the columns {} of {} are not a unique key, which SQLite demands",
            parent_columns.join(", "),
            key.parent
        ));
    }
    let list =
        |names: &mut dyn Iterator<Item = &str>| names.map(quoted).collect::<Vec<_>>().join(", ");
    let mut sql = String::new();
    if let Some(name) = &key.name {
        sql = format!("CONSTRAINT {} ", quoted(name));
    }
    sql.push_str(&format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        list(&mut key.columns.iter().map(String::as_str)),
        quoted(&parent.name),
        list(&mut parent_columns.iter().copied())
    ));
    for (event, action) in [("DELETE", &key.on_delete), ("UPDATE", &key.on_update)] {
        if let Some(action) = action {
            sql.push_str(&format!(" ON {event} {action}"));
        }
    }
    Ok(sql)
}

fn is_unique(parent: &ImportTable, columns: &[&str]) -> bool {
    if columns.is_empty()
        || columns
            .iter()
            .any(|name| parent.layout.index_of(name).is_none())
    {
        return false;
    }
    let same = |parts: &[KeyPart]| {
        parts.len() == columns.len()
            && parts.iter().all(|part| {
                part.length.is_none()
                    && part.column().is_some_and(|name| {
                        columns.iter().any(|other| other.eq_ignore_ascii_case(name))
                    })
            })
    };
    same(&parent.definition.primary_key)
        || parent
            .definition
            .keys
            .iter()
            .any(|key| key.kind == KeyKind::Unique && same(&key.parts))
}

/// The condition that a value is a member of its ENUM or SET, or JSON.
pub(super) fn type_check(column: &str, kind: &ValueType, json: bool) -> Option<String> {
    let own = quoted(column);
    match kind {
        ValueType::Enum(members, _) => {
            let members: Vec<String> = members.iter().map(|member| member_sql(member)).collect();
            Some(format!("{own} IN ({})", members.join(", ")))
        }
        // The members that are in it are all of its length. A chain, not a nest: the parser of SQLite has
        // room for some twenty levels, and a SET for 64 members.
        ValueType::Set(members, _) => {
            let found = members.iter().map(|member| {
                let wrapped = member_sql(&format!(",{member},"));
                let length = member.len() + 1;
                format!("{length} * (instr(',' || {own} || ',', {wrapped}) > 0)")
            });
            let sum = found.collect::<Vec<_>>().join(" + ");
            Some(format!(
                "{own} = '' OR {sum} = length(CAST({own} AS BLOB)) + 1"
            ))
        }
        _ if json => Some(format!("{own} IS NULL OR json_valid({own})")),
        _ => None,
    }
}

fn member_sql(member: &str) -> String {
    crate::file::sql::literal(member)
}
