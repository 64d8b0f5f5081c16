//! `ALTER TABLE` and `CREATE INDEX` for tables of the dump: phpMyAdmin writes keys, `AUTO_INCREMENT`
//! and constraints this way, behind the rows.
//!
//! Each change is applied to the [`TableDefinition`]; what is done about rows that are already
//! stored is decided by whoever stores them. Changes that have no effect without a server are
//! ignored, others that are not known are reported.

use super::column::{column, default_value, holds_bytes, word_or_string};
use super::cursor::Cursor;
use super::definition::{KeyDefinition, KeyKind, TableDefinition, is_lasting};
use super::dropped::drop_element;
use super::error::DumpProblem;
use super::lexer::Token;
use super::partition_changes::{partition_change, partitions};
use super::swapped_names::SwappedNames;
use super::table::{element, no_column, open_parts};

/// Changes that mean nothing without a server.
const NOISE: &[&str] = &[
    "ENABLE",
    "DISABLE",
    "ROW_FORMAT",
    "COMMENT",
    "STATS_PERSISTENT",
    "ALGORITHM",
    "LOCK",
    "FORCE",
    "KEY_BLOCK_SIZE",
    "AVG_ROW_LENGTH",
    "MAX_ROWS",
    "MIN_ROWS",
    "CHECKSUM",
    "PACK_KEYS",
    "DELAY_KEY_WRITE",
    "DISCARD",
    "IMPORT",
    "VALIDATE",
    "WITHOUT",
    "INDEX",
];

/// What came of an `ALTER TABLE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Alterations {
    /// The definition is another now.
    pub(super) changed: bool,
    /// The table's new name.
    pub(super) renamed: Option<(Option<String>, String)>,
    /// First words of changes that are not known here.
    pub(super) unknown: Vec<String>,
    /// Changes of rows that are not carried out, with what is otherwise for it.
    pub(super) lost: Vec<String>,
}

/// Skips how long a server waits for the table: `WAIT 5`, `NOWAIT`.
pub(super) fn lock_wait(cursor: &mut Cursor<'_>) -> Result<(), DumpProblem> {
    if cursor.skip_word("WAIT")? {
        cursor.next()?;
    } else {
        cursor.skip_word("NOWAIT")?;
    }
    Ok(())
}

/// Parses the changes behind the table's name, to the end of the statement.
pub(super) fn changes(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
) -> Result<Alterations, DumpProblem> {
    let mut outcome = Alterations::default();
    let mut names = SwappedNames::of(table);
    let before = table.clone();
    loop {
        change(cursor, table, &mut names, &mut outcome)?;
        while !at_change_end(cursor)? {
            if cursor.peek()? == Token::Symbol(b'(') {
                cursor.skip_group()?;
            } else {
                cursor.next()?;
            }
        }
        if !cursor.skip_symbol(b',')? {
            cursor.skip_statement()?;
            SwappedNames::restore(table)?;
            table.settle_dropped(&before);
            table.settle();
            return Ok(outcome);
        }
    }
}

pub(super) fn at_change_end(cursor: &mut Cursor<'_>) -> Result<bool, DumpProblem> {
    Ok(matches!(
        cursor.peek()?,
        Token::Symbol(b',') | Token::Delimiter | Token::End
    ))
}

fn change(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
    names: &mut SwappedNames,
    outcome: &mut Alterations,
) -> Result<(), DumpProblem> {
    if partition_change(cursor, outcome)? {
        return Ok(());
    }
    let before = outcome.changed;
    outcome.changed = true;
    if cursor.skip_word("ADD")? {
        return add(cursor, table);
    }
    if cursor.skip_word("MODIFY")? {
        cursor.skip_word("COLUMN")?;
        let if_exists = cursor.skip_words("IF", &["EXISTS"])?;
        return redefine(cursor, table, names, None, if_exists);
    }
    if cursor.skip_word("CHANGE")? {
        cursor.skip_word("COLUMN")?;
        let if_exists = cursor.skip_words("IF", &["EXISTS"])?;
        let old = cursor.name("a column name")?;
        return redefine(cursor, table, names, Some(&old), if_exists);
    }
    if cursor.skip_word("ALTER")? {
        return alter_element(cursor, table);
    }
    if cursor.skip_word("DROP")? {
        return drop_element(cursor, table, outcome);
    }
    if cursor.skip_word("RENAME")? {
        return rename(cursor, table, names, outcome);
    }
    if cursor.skip_word("ENGINE")? {
        cursor.skip_symbol(b'=')?;
        table.lasting = is_lasting(&word_or_string(cursor)?);
        return Ok(());
    }
    if cursor.skip_word("AUTO_INCREMENT")? {
        cursor.skip_symbol(b'=')?;
        table.auto_increment = word_or_string(cursor)?.parse().ok();
        return Ok(());
    }
    if cursor.skip_word("CONVERT")? {
        for what in ["PARTITION", "TABLE"] {
            if cursor.skip_word(what)? {
                outcome.changed = before;
                return partitions(cursor, &format!("CONVERT {what}"), outcome);
            }
        }
        cursor.expect_word("TO")?;
        table_charset(cursor, table)?;
        let (charset, collation) = (table.charset.clone(), table.collation.clone());
        for column in &mut table.columns {
            if column.charset.as_deref() != Some("binary") {
                column.charset.clone_from(&charset);
                column.collation.clone_from(&collation);
            }
        }
        return Ok(());
    }
    if cursor.skip_word("DEFAULT")? {
        return table_charset(cursor, table);
    }
    if cursor.at_word(&["CHARACTER", "CHARSET", "COLLATE"])? {
        return table_charset(cursor, table);
    }
    outcome.changed = before;
    if cursor.skip_word("ORDER")? {
        // Its columns are separated as changes are, so it is the last of them.
        while !matches!(cursor.peek()?, Token::Delimiter | Token::End) {
            cursor.next()?;
        }
        return Ok(());
    }
    if !cursor.at_word(NOISE)? && !at_change_end(cursor)? {
        let token = cursor.next()?;
        let Token::Word(span) = token else {
            return Err(cursor.unexpected(token, "a change of the table"));
        };
        outcome
            .unknown
            .push(cursor.text(span)?.to_ascii_uppercase());
    }
    Ok(())
}

fn table_charset(cursor: &mut Cursor<'_>, table: &mut TableDefinition) -> Result<(), DumpProblem> {
    if cursor.skip_words("CHARACTER", &["SET"])? || cursor.skip_word("CHARSET")? {
        cursor.skip_symbol(b'=')?;
        table.charset = Some(word_or_string(cursor)?);
    }
    if cursor.skip_word("COLLATE")? {
        cursor.skip_symbol(b'=')?;
        table.collation = Some(word_or_string(cursor)?);
    }
    Ok(())
}

fn add(cursor: &mut Cursor<'_>, table: &mut TableDefinition) -> Result<(), DumpProblem> {
    if cursor.skip_word("PARTITION")? {
        table.omitted.push("ADD PARTITION".to_owned());
        return Ok(());
    }
    if element(cursor, table)? {
        return Ok(());
    }
    cursor.skip_word("COLUMN")?;
    let if_not_exists = cursor.skip_words("IF", &["NOT", "EXISTS"])?;
    if cursor.skip_symbol(b'(')? {
        loop {
            if !element(cursor, table)? {
                added(cursor, table, if_not_exists)?;
            }
            if !cursor.skip_symbol(b',')? {
                return cursor.expect_symbol(b')', "')' behind the columns");
            }
        }
    }
    added(cursor, table, if_not_exists)
}

/// One column of `ADD`, unless it may be there already and is.
fn added(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
    if_not_exists: bool,
) -> Result<(), DumpProblem> {
    let mut changed = table.clone();
    let count = changed.columns.len();
    place(cursor, &mut changed, None)?;
    let new = changed
        .columns
        .iter()
        .find(|column| column.id == changed.columns_made && changed.columns.len() > count);
    let is_there = new.is_some_and(|new| table.column_index(&new.name).is_some());
    if !(if_not_exists && is_there) {
        *table = changed;
    }
    Ok(())
}

/// A column and where it goes.
fn place(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
    instead_of: Option<usize>,
) -> Result<(), DumpProblem> {
    let mut column = column(cursor, table)?;
    if let Some(omitted) = no_column(&column) {
        table.omitted.push(omitted.to_owned());
        return Ok(());
    }
    let mut index = instead_of.unwrap_or(table.columns.len());
    if let Some(index) = instead_of {
        let old = table.columns[index].name.clone();
        table.rename_column(&old, &column.name)?;
        let id = table.columns.remove(index).id;
        // A check at a column goes with its old definition.
        table.checks.retain(|check| check.column != Some(id));
        for check in &mut table.checks {
            if check.column == Some(column.id) {
                check.column = Some(id);
            }
        }
        column.id = id;
    }
    if cursor.skip_word("FIRST")? {
        index = 0;
    } else if cursor.skip_word("AFTER")? {
        let name = cursor.name("a column name")?;
        index = table.column_index(&name).map_or(index, |found| found + 1);
    }
    table.columns.insert(index.min(table.columns.len()), column);
    Ok(())
}

fn redefine(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
    names: &mut SwappedNames,
    old: Option<&str>,
    if_exists: bool,
) -> Result<(), DumpProblem> {
    let new = match cursor.peek()? {
        Token::Word(span) | Token::Name { span, .. } => cursor.text(span)?,
        token => return Err(cursor.unexpected(token, "a column name")),
    };
    let name = old.unwrap_or(&new);
    let Some(index) = names.column_index(table, name) else {
        if if_exists {
            return Ok(());
        }
        return Err(DumpProblem::Unsupported(format!(
            "a change of column {name}, which the table does not have,"
        )));
    };
    SwappedNames::make_way(table, index, &new)?;
    place(cursor, table, Some(index))
}

/// Behind `ALTER`: what holds for a column, or whether a check does.
fn alter_element(cursor: &mut Cursor<'_>, table: &mut TableDefinition) -> Result<(), DumpProblem> {
    if cursor.skip_word("CHECK")? || cursor.skip_word("CONSTRAINT")? {
        let name = cursor.name("the name of a check")?;
        let enforced = !cursor.skip_word("NOT")?;
        let mut checks = table.checks.iter_mut();
        if let Some(check) = checks.find(|check| check.is_called(&name)) {
            check.enforced = enforced;
        }
        return Ok(());
    }
    cursor.skip_word("COLUMN")?;
    cursor.skip_words("IF", &["EXISTS"])?;
    let name = cursor.name("a column name")?;
    let index = table.column_index(&name);
    let bytes = index.is_some_and(|index| holds_bytes(&table.columns[index].column_type));
    let default = match cursor.skip_words("SET", &["DEFAULT"])? {
        true => default_value(cursor, bytes)?,
        false => None,
    };
    if let Some(index) = index {
        table.columns[index].default = default;
    }
    Ok(())
}

fn rename(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
    names: &mut SwappedNames,
    outcome: &mut Alterations,
) -> Result<(), DumpProblem> {
    if cursor.skip_word("COLUMN")? {
        cursor.skip_words("IF", &["EXISTS"])?;
        let old = cursor.name("a column name")?;
        cursor.expect_word("TO")?;
        let new = cursor.name("a column name")?;
        let old = match names.column_index(table, &old) {
            Some(index) => {
                SwappedNames::make_way(table, index, &new)?;
                table.columns[index].name.clone()
            }
            None => old,
        };
        table.rename_column(&old, &new)?;
    } else if cursor.skip_word("KEY")? || cursor.skip_word("INDEX")? {
        cursor.skip_words("IF", &["EXISTS"])?;
        let old = cursor.name("the name of a key")?;
        cursor.expect_word("TO")?;
        let new = cursor.name("the name of a key")?;
        if let Some(index) = table.key_index(&old) {
            table.keys[index].name = Some(new);
        } else if !table
            .unkept_keys
            .iter()
            .any(|key| key.eq_ignore_ascii_case(&old))
        {
            let unknown = format!("RENAME INDEX {old}, which it does not have");
            outcome.unknown.push(unknown);
        } else {
            table.unkept_keys.push(new);
        }
    } else {
        let _ = cursor.skip_word("TO")? || cursor.skip_word("AS")? || cursor.skip_symbol(b'=')?;
        outcome.renamed = Some(cursor.qualified_name()?);
    }
    Ok(())
}

/// What `CREATE INDEX` makes.
pub(super) struct CreatedIndex {
    /// The table's database and name.
    pub(super) table: (Option<String>, String),
    pub(super) key: KeyDefinition,
    /// It may be there already.
    pub(super) if_not_exists: bool,
}

/// Parses `name [USING method] ON table (parts)` behind `CREATE … INDEX`.
pub(super) fn create_index(
    cursor: &mut Cursor<'_>,
    kind: KeyKind,
) -> Result<CreatedIndex, DumpProblem> {
    let position = cursor.position();
    let if_not_exists = cursor.skip_words("IF", &["NOT", "EXISTS"])?;
    let name = cursor.name("the name of an index")?;
    if cursor.skip_word("USING")? {
        cursor.name("an index method")?;
    }
    cursor.expect_word("ON")?;
    let table = cursor.qualified_name()?;
    cursor.expect_symbol(b'(', "'(' and the columns of the index")?;
    let parts = open_parts(cursor)?;
    cursor.skip_statement()?;
    let key = KeyDefinition {
        name: Some(name),
        kind,
        parts,
        position,
    };
    Ok(CreatedIndex {
        table,
        key,
        if_not_exists,
    })
}
