//! The parser of `CREATE TABLE`: its elements and its options.
//!
//! Everything that SQLite has no word for is consumed by the grammar, not by luck: parentheses are
//! balanced and strings are strings. Parts with a meaning that is not kept end up in
//! [`TableDefinition::omitted`].

use super::column::{at_element_end, check, column, word_or_string};
use super::cursor::Cursor;
use super::definition::{
    ColumnDefinition, ForeignKey, KeyDefinition, KeyKind, KeyPart, KeyValue, TableDefinition,
    VERSIONING, is_lasting,
};
use super::error::{DumpProblem, Position};
use super::insert::OnConflict;
use super::lexer::Token;

/// Parses the elements of a table behind its opening parenthesis, to the closing one.
pub(super) fn elements(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
) -> Result<(), DumpProblem> {
    loop {
        if !element(cursor, table)? {
            let column = column(cursor, table)?;
            match no_column(&column) {
                Some(omitted) => table.omitted.push(omitted.to_owned()),
                None => table.columns.push(column),
            }
        }
        match cursor.next()? {
            Token::Symbol(b',') => {}
            Token::Symbol(b')') => break,
            token => return Err(cursor.unexpected(token, "',' or ')' in CREATE TABLE")),
        }
    }
    table.settle();
    Ok(())
}

/// What looks like a column and is none: these words are only half reserved.
pub(super) fn no_column(column: &ColumnDefinition) -> Option<&'static str> {
    let name = column.name.to_ascii_uppercase();
    match (name.as_str(), column.column_type.name.as_str()) {
        ("PERIOD", "FOR") => Some("PERIOD"),
        ("VECTOR", "KEY" | "INDEX") => Some("VECTOR KEY"),
        ("SYSTEM", "VERSIONING") => Some(VERSIONING),
        _ => None,
    }
}

/// Parses a key or constraint; `false`, and nothing is consumed, when a column stands there.
pub(super) fn element(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
) -> Result<bool, DumpProblem> {
    let mut name = None;
    let constraint = cursor.skip_word("CONSTRAINT")?;
    if constraint && !cursor.at_word(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"])? {
        name = Some(cursor.name("the name of a constraint")?);
    }
    if cursor.skip_words("PRIMARY", &["KEY"])? {
        table.primary_key = key_parts(cursor)?.1;
    } else if cursor.skip_word("UNIQUE")? {
        key(cursor, table, KeyKind::Unique, name)?;
    } else if cursor.skip_word("FULLTEXT")? {
        key(cursor, table, KeyKind::Fulltext, None)?;
    } else if cursor.skip_word("SPATIAL")? {
        key(cursor, table, KeyKind::Spatial, None)?;
    } else if cursor.skip_words("FOREIGN", &["KEY"])? {
        let if_not_exists = cursor.skip_words("IF", &["NOT", "EXISTS"])?;
        let foreign_key = foreign_key(cursor, name)?;
        skip_to_element_end(cursor)?;
        let known = |key: &ForeignKey| key.name.is_some() && key.name == foreign_key.name;
        if !if_not_exists || !table.foreign_keys.iter().any(known) {
            table.foreign_keys.push(foreign_key);
        }
    } else if cursor.skip_word("CHECK")? {
        table.checks.push(check(cursor, name, None)?);
    } else if cursor.at_word(&["KEY", "INDEX"])? {
        key(cursor, table, KeyKind::Plain, None)?;
    } else if constraint {
        let token = cursor.next()?;
        return Err(cursor.unexpected(token, "a constraint"));
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn key(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
    kind: KeyKind,
    constraint: Option<String>,
) -> Result<(), DumpProblem> {
    let position = cursor.position();
    let _ = cursor.skip_word("KEY")? || cursor.skip_word("INDEX")?;
    let if_not_exists = cursor.skip_words("IF", &["NOT", "EXISTS"])?;
    let (name, parts) = key_parts(cursor)?;
    let name = name.or(constraint);
    if if_not_exists && table.has_key(name.as_deref()) {
        return Ok(());
    }
    table.keys.push(KeyDefinition {
        name,
        kind,
        parts,
        position,
    });
    Ok(())
}

/// `[IF NOT EXISTS] [name] [USING method] (part, …) [options]`
pub(super) fn key_parts(
    cursor: &mut Cursor<'_>,
) -> Result<(Option<String>, Vec<KeyPart>), DumpProblem> {
    let mut name = None;
    cursor.skip_words("IF", &["NOT", "EXISTS"])?;
    loop {
        if cursor.skip_word("USING")? {
            cursor.name("an index method")?;
        } else if cursor.skip_symbol(b'(')? {
            break;
        } else {
            name = Some(cursor.name("the name of a key")?);
        }
    }
    let parts = open_parts(cursor)?;
    skip_to_element_end(cursor)?;
    Ok((name, parts))
}

/// The parts of a key, the opening parenthesis already consumed.
pub(super) fn open_parts(cursor: &mut Cursor<'_>) -> Result<Vec<KeyPart>, DumpProblem> {
    let mut parts = Vec::new();
    loop {
        let (value, length) = if cursor.peek()? == Token::Symbol(b'(') {
            (KeyValue::Expression(cursor.group()?), None)
        } else {
            let name = cursor.name("a column of the key")?;
            let length = part_length(cursor)?;
            if cursor.skip_word("WITHOUT")? {
                cursor.expect_word("OVERLAPS")?;
                (KeyValue::Period(name), None)
            } else {
                (KeyValue::Column(name), length)
            }
        };
        let descending = cursor.skip_word("DESC")?;
        cursor.skip_word("ASC")?;
        parts.push(KeyPart {
            value,
            length,
            descending,
        });
        match cursor.next()? {
            Token::Symbol(b',') => {}
            Token::Symbol(b')') => return Ok(parts),
            token => return Err(cursor.unexpected(token, "',' or ')' in a key")),
        }
    }
}

fn part_length(cursor: &mut Cursor<'_>) -> Result<Option<u32>, DumpProblem> {
    if !cursor.skip_symbol(b'(')? {
        return Ok(None);
    }
    let length = match cursor.next()? {
        Token::Number(span) => cursor.text(span)?.parse().ok(),
        token => return Err(cursor.unexpected(token, "the length of a key's part")),
    };
    cursor.expect_symbol(b')', "')'")?;
    Ok(length)
}

/// Parses from behind `FOREIGN KEY`.
fn foreign_key(cursor: &mut Cursor<'_>, name: Option<String>) -> Result<ForeignKey, DumpProblem> {
    let position = cursor.position();
    let mut index_name = None;
    if cursor.peek()? != Token::Symbol(b'(') {
        index_name = Some(cursor.name("the name of a foreign key")?);
    }
    cursor.expect_symbol(b'(', "'(' and the columns of the foreign key")?;
    let columns = cursor.name_list()?;
    cursor.expect_word("REFERENCES")?;
    references(cursor, name.or(index_name), columns, position)
}

/// Parses from behind `REFERENCES`, which stands in a foreign key or at a column.
pub(super) fn references(
    cursor: &mut Cursor<'_>,
    name: Option<String>,
    columns: Vec<String>,
    position: Position,
) -> Result<ForeignKey, DumpProblem> {
    let (parent_database, parent) = cursor.qualified_name()?;
    let parent_columns = if cursor.skip_symbol(b'(')? {
        cursor.name_list()?
    } else {
        Vec::new()
    };
    let mut key = ForeignKey {
        name,
        implied_name: None,
        columns,
        parent_database,
        parent,
        parent_columns,
        on_delete: None,
        on_update: None,
        position,
    };
    loop {
        if cursor.skip_word("ON")? {
            let delete = cursor.skip_word("DELETE")?;
            if !delete {
                cursor.expect_word("UPDATE")?;
            }
            let action = Some(action(cursor)?);
            if delete {
                key.on_delete = action;
            } else {
                key.on_update = action;
            }
        } else if cursor.skip_word("MATCH")? {
            cursor.name("a kind of match")?;
        } else {
            return Ok(key);
        }
    }
}

fn action(cursor: &mut Cursor<'_>) -> Result<String, DumpProblem> {
    let first = cursor.name("an action")?.to_ascii_uppercase();
    if first == "SET" || first == "NO" {
        let second = cursor.name("an action")?.to_ascii_uppercase();
        return Ok(format!("{first} {second}"));
    }
    Ok(first)
}

/// Parses the options behind the closing parenthesis, to the end of the statement, or to the query whose rows
/// the table is made with: what becomes of duplicates among them.
pub(super) fn options(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
) -> Result<Option<OnConflict>, DumpProblem> {
    let mut on_conflict = OnConflict::Fail;
    loop {
        if cursor.skip_words("CHARACTER", &["SET"])? || cursor.skip_word("CHARSET")? {
            cursor.skip_symbol(b'=')?;
            table.charset = Some(word_or_string(cursor)?);
        } else if cursor.skip_word("COLLATE")? {
            cursor.skip_symbol(b'=')?;
            table.collation = Some(word_or_string(cursor)?);
        } else if cursor.skip_word("AUTO_INCREMENT")? {
            cursor.skip_symbol(b'=')?;
            table.auto_increment = word_or_string(cursor)?.parse().ok();
        } else if cursor.skip_word("ENGINE")? || cursor.skip_word("TYPE")? {
            cursor.skip_symbol(b'=')?;
            table.lasting = is_lasting(&word_or_string(cursor)?);
        } else if cursor.skip_word("PARTITION")? {
            // The last option of all, with words of its own in it.
            table.omitted.push("PARTITION BY".to_owned());
            return partitions(cursor).map(|query| query.then_some(on_conflict));
        } else if cursor.skip_word("WITH")? {
            if cursor.skip_word("SYSTEM")? {
                table.omitted.push(VERSIONING.to_owned());
            }
        } else if cursor.skip_word("UNION")? {
            // The tables of ENGINE=MERGE.
            cursor.skip_symbol(b'=')?;
            let source = cursor.group()?;
            let rows = format!(
                "the rows of UNION={}, which it shows on a server",
                source.shown_to(&[])
            );
            table.omitted.push(rows);
        } else if cursor.at_word(&["SELECT"])? || cursor.peek()? == Token::Symbol(b'(') {
            return Ok(Some(on_conflict));
        } else if cursor.skip_word("IGNORE")? {
            on_conflict = OnConflict::Ignore;
        } else if cursor.skip_word("REPLACE")? {
            on_conflict = OnConflict::Replace;
        } else if matches!(cursor.next()?, Token::Delimiter | Token::End) {
            return Ok(None);
        }
    }
}

/// Skips partitions, to the end of the statement or to a query, which is what comes then.
fn partitions(cursor: &mut Cursor<'_>) -> Result<bool, DumpProblem> {
    loop {
        match cursor.peek()? {
            Token::Delimiter | Token::End => {
                cursor.next()?;
                return Ok(false);
            }
            Token::Symbol(b'(') => cursor.skip_group()?,
            token if cursor.is_word(token, "SELECT") => return Ok(true),
            _ => drop(cursor.next()?),
        }
    }
}

fn skip_to_element_end(cursor: &mut Cursor<'_>) -> Result<(), DumpProblem> {
    while !at_element_end(cursor)? {
        if cursor.peek()? == Token::Symbol(b'(') {
            cursor.skip_group()?;
        } else {
            cursor.next()?;
        }
    }
    Ok(())
}
