//! The parser of one column of `CREATE TABLE` or `ALTER TABLE`: name, type, attributes.
//!
//! Attributes come in any order, and new ones come with every server version; words that change
//! nothing here (storage hints, comments) are consumed by the grammar. Keys and constraints that are
//! written at a column are given to the table.

use super::cursor::{Cursor, SourceText};
use super::definition::{
    CheckDefinition, ColumnDefinition, ColumnType, DefaultValue, Generated, KeyDefinition, KeyKind,
    KeyPart, TableDefinition,
};
use super::error::DumpProblem;
use super::lexer::Token;
use super::literal::{bit_bytes, hex_bytes};
use super::table::references;

/// Types of two words.
const PAIRS: &[(&str, &[&str])] = &[
    ("DOUBLE", &["PRECISION"]),
    ("CHAR", &["VARYING"]),
    (
        "NATIONAL",
        &["CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER"],
    ),
    ("NCHAR", &["VARCHAR", "VARCHARACTER", "VARYING"]),
    (
        "LONG",
        &["VARCHAR", "VARCHARACTER", "VARBINARY", "CHAR", "CHARACTER"],
    ),
];

/// One spelling of words that are the same everywhere.
fn usual(word: &str) -> &str {
    match word {
        "CHARACTER" => "CHAR",
        "VARCHARACTER" => "VARCHAR",
        _ => word,
    }
}

/// Parses a column from its name to the comma or parenthesis behind it.
pub(super) fn column(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
) -> Result<ColumnDefinition, DumpProblem> {
    let name = cursor.name("a column name")?;
    let column_type = column_type(cursor)?;
    let serial = column_type.name == "SERIAL";
    table.columns_made += 1;
    let mut column = ColumnDefinition::new(name, table.columns_made, column_type);
    column.auto_increment = serial;
    let name = column.column_type.name.as_str();
    if name.starts_with("NATIONAL") || name.starts_with("NCHAR") || name == "NVARCHAR" {
        // Whatever the table is in.
        column.charset = Some("utf8mb3".to_owned());
    }
    if serial {
        // SERIAL is BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE.
        "BIGINT".clone_into(&mut column.column_type.name);
        column.column_type.unsigned = true;
        table.keys.push(unique_key(cursor, &column.name));
    }
    while !at_element_end(cursor)? {
        attribute(cursor, &mut column, table)?;
    }
    Ok(column)
}

fn column_type(cursor: &mut Cursor<'_>) -> Result<ColumnType, DumpProblem> {
    let mut name = cursor.name("a column type")?.to_ascii_uppercase();
    let mut oracle = cursor.lexer().modes().oracle;
    // MariaDB names the types of one of its modes so: `mariadb_schema.date`.
    if name.ends_with("_SCHEMA") && cursor.skip_symbol(b'.')? {
        oracle = name == "ORACLE_SCHEMA";
        name = cursor.name("a column type")?.to_ascii_uppercase();
    }
    name = usual(&name).to_owned();
    for (first, seconds) in PAIRS {
        for second in *seconds {
            if name == *first && cursor.skip_word(second)? {
                name = format!("{first} {}", usual(second));
            }
        }
    }
    if let Some(first) = name.strip_suffix(" CHAR")
        && cursor.skip_word("VARYING")?
    {
        name = format!("{first} VARCHAR");
    }
    let mut arguments = Vec::new();
    if cursor.skip_symbol(b'(')? {
        loop {
            match cursor.next()? {
                Token::Symbol(b')') => break,
                Token::Symbol(b',') => {}
                Token::Number(span) | Token::Word(span) => arguments.push(cursor.text(span)?),
                Token::Text {
                    span,
                    quote,
                    escaped,
                } => arguments.push(cursor.string_of(span, quote, escaped)?),
                Token::Hex(span) => {
                    let bytes = hex_bytes(cursor.slice(span)).unwrap_or_default();
                    arguments.push(String::from_utf8_lossy(&bytes).into_owned());
                }
                token => return Err(cursor.unexpected(token, "an argument of the column type")),
            }
        }
    }
    if name == "REAL" && cursor.lexer().modes().real_as_float {
        "FLOAT".clone_into(&mut name);
    }
    if oracle {
        // What these are in a database of Oracle.
        match name.as_str() {
            "DATE" => "DATETIME".clone_into(&mut name),
            "NUMBER" if arguments.is_empty() => "DOUBLE".clone_into(&mut name),
            "BLOB" => "LONGBLOB".clone_into(&mut name),
            _ => {}
        }
    }
    Ok(ColumnType {
        name,
        arguments,
        unsigned: false,
        zerofill: false,
    })
}

/// Consumes one attribute of a column.
fn attribute(
    cursor: &mut Cursor<'_>,
    column: &mut ColumnDefinition,
    table: &mut TableDefinition,
) -> Result<(), DumpProblem> {
    if cursor.skip_word("NOT")? {
        column.not_null |= cursor.skip_word("NULL")?;
    } else if cursor.skip_word("UNSIGNED")? {
        column.column_type.unsigned = true;
    } else if cursor.skip_word("ZEROFILL")? {
        column.column_type.unsigned = true;
        column.column_type.zerofill = true;
    } else if cursor.skip_word("DEFAULT")? {
        column.default = default_value(cursor, holds_bytes(&column.column_type))?;
    } else if cursor.skip_word("AUTO_INCREMENT")? {
        column.auto_increment = true;
    } else if cursor.skip_word("COLLATE")? {
        column.collation = Some(word_or_string(cursor)?);
    } else if cursor.skip_word("BYTE")? {
        column.charset = Some("binary".to_owned());
    } else if cursor.skip_words("SERIAL", &["DEFAULT", "VALUE"])? {
        column.auto_increment = true;
        table.keys.push(unique_key(cursor, &column.name));
    } else if cursor.skip_word("BINARY")? {
        // The `_bin` collation of whatever character set the column is in.
        column.collation = Some("_bin".to_owned());
    } else if cursor.skip_words("CHARACTER", &["SET"])? || cursor.skip_word("CHARSET")? {
        column.charset = Some(word_or_string(cursor)?);
    } else if cursor.skip_words("ON", &["UPDATE"])? {
        column.on_update = true;
        timestamp_call(cursor)?;
    } else if cursor.skip_word("COMMENT")? {
        cursor.next()?;
    } else if cursor.at_word(&["UNIQUE", "PRIMARY", "KEY"])? {
        key_attribute(cursor, column, table)?;
    } else if cursor.skip_word("AS")? {
        if cursor.skip_word("ROW")? {
            // START or END of a version of the row: a plain column here, whose values are in the
            // dump if its history is.
            cursor.next()?;
            return Ok(());
        }
        column.generated = Some(Generated {
            expression: cursor.group()?,
            stored: false,
        });
    } else if cursor.skip_word("STORED")? || cursor.skip_word("PERSISTENT")? {
        if let Some(generated) = &mut column.generated {
            generated.stored = true;
        }
    } else if cursor.at_word(&["CHECK", "CONSTRAINT", "REFERENCES"])? {
        column_constraint(cursor, column, table)?;
    } else if cursor.peek()? == Token::Symbol(b'(') {
        cursor.skip_group()?;
    } else if cursor.skip_word("INVISIBLE")? {
        column.invisible = true;
    } else {
        // GENERATED ALWAYS, VIRTUAL, SRID, COLUMN_FORMAT, …: no effect here.
        cursor.next()?;
    }
    Ok(())
}

fn key_attribute(
    cursor: &mut Cursor<'_>,
    column: &ColumnDefinition,
    table: &mut TableDefinition,
) -> Result<(), DumpProblem> {
    if cursor.skip_word("UNIQUE")? {
        cursor.skip_word("KEY")?;
        table.keys.push(unique_key(cursor, &column.name));
        return Ok(());
    }
    cursor.skip_word("PRIMARY")?;
    cursor.skip_word("KEY")?;
    table.primary_key = vec![KeyPart::whole(&column.name)];
    Ok(())
}

fn unique_key(cursor: &Cursor<'_>, column: &str) -> KeyDefinition {
    KeyDefinition {
        name: None,
        kind: KeyKind::Unique,
        parts: vec![KeyPart::whole(column)],
        position: cursor.position(),
    }
}

/// `CHECK` and `REFERENCES`, with a name or without.
fn column_constraint(
    cursor: &mut Cursor<'_>,
    column: &ColumnDefinition,
    table: &mut TableDefinition,
) -> Result<(), DumpProblem> {
    let position = cursor.position();
    let mut name = None;
    if cursor.skip_word("CONSTRAINT")? && !cursor.at_word(&["CHECK", "REFERENCES"])? {
        name = Some(cursor.name("the name of a constraint")?);
    }
    if cursor.skip_word("CHECK")? {
        table.checks.push(check(cursor, name, Some(column.id))?);
    } else if cursor.skip_word("REFERENCES")? {
        let key = references(cursor, name, vec![column.name.clone()], position)?;
        table.foreign_keys.push(key);
    }
    Ok(())
}

/// Parses from behind the word `CHECK`, which stands in the definition of `column` or by itself.
pub(super) fn check(
    cursor: &mut Cursor<'_>,
    name: Option<String>,
    column: Option<u32>,
) -> Result<CheckDefinition, DumpProblem> {
    let expression = cursor.group()?;
    let enforced = !cursor.skip_words("NOT", &["ENFORCED"])?;
    cursor.skip_word("ENFORCED")?;
    Ok(CheckDefinition {
        name,
        expression,
        enforced,
        column,
        implied_name: None,
        number: 0,
    })
}

/// Whether a type has no character set; a default is written in the bytes themselves then, which
/// may be no text in the character set of the dump.
pub(super) fn holds_bytes(column_type: &ColumnType) -> bool {
    column_type.name.ends_with("BINARY") || column_type.name.ends_with("BLOB")
}

/// Parses the value behind `DEFAULT`, which for a column of bytes is bytes; `None` for NULL.
pub(super) fn default_value(
    cursor: &mut Cursor<'_>,
    bytes: bool,
) -> Result<Option<DefaultValue>, DumpProblem> {
    if cursor.peek()? == Token::Symbol(b'(') {
        let source = cursor.group()?;
        return Ok(Some(DefaultValue::Expression(source)));
    }
    if cursor.at_word(&["CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"])? {
        timestamp_call(cursor)?;
        return Ok(Some(DefaultValue::CurrentTimestamp));
    }
    let token = cursor.peek()?;
    match token {
        Token::Word(span) => {
            let word = cursor.text(span)?;
            match word.to_ascii_uppercase().as_str() {
                "NULL" => {
                    cursor.next()?;
                    Ok(None)
                }
                "TRUE" | "FALSE" => {
                    cursor.next()?;
                    let number = if word.eq_ignore_ascii_case("true") {
                        "1"
                    } else {
                        "0"
                    };
                    Ok(Some(DefaultValue::Literal(number.to_owned())))
                }
                _ if word.starts_with('_') => {
                    // An introducer; the string follows.
                    cursor.next()?;
                    default_value(cursor, bytes)
                }
                _ => call(cursor).map(|source| Some(DefaultValue::Expression(source))),
            }
        }
        _ => literal_default(cursor, bytes).map(Some),
    }
}

fn literal_default(cursor: &mut Cursor<'_>, bytes: bool) -> Result<DefaultValue, DumpProblem> {
    match cursor.next()? {
        Token::Text {
            span,
            quote,
            escaped,
        } if bytes => Ok(DefaultValue::Bytes(
            cursor.bytes_of(span, quote, escaped).into_owned(),
        )),
        Token::Text {
            span,
            quote,
            escaped,
        } => Ok(DefaultValue::Literal(
            cursor.string_of(span, quote, escaped)?,
        )),
        Token::Number(span) => Ok(DefaultValue::Literal(cursor.text(span)?)),
        Token::Hex(span) => Ok(DefaultValue::Bytes(
            hex_bytes(cursor.slice(span)).unwrap_or_default(),
        )),
        Token::Bits(span) => Ok(DefaultValue::Bytes(
            bit_bytes(cursor.slice(span)).unwrap_or_default(),
        )),
        Token::Symbol(sign @ (b'-' | b'+')) => match cursor.next()? {
            Token::Number(span) => {
                let digits = cursor.text(span)?;
                let sign = if sign == b'-' { "-" } else { "" };
                Ok(DefaultValue::Literal(format!("{sign}{digits}")))
            }
            token => Err(cursor.unexpected(token, "a number after its sign")),
        },
        token => Err(cursor.unexpected(token, "the value of DEFAULT")),
    }
}

/// A function call without parentheses around it, as MariaDB writes defaults: `uuid()`.
fn call(cursor: &mut Cursor<'_>) -> Result<SourceText, DumpProblem> {
    cursor.source_of(|cursor| {
        cursor.next()?;
        if cursor.peek()? == Token::Symbol(b'(') {
            cursor.skip_group()?;
        }
        Ok(())
    })
}

fn timestamp_call(cursor: &mut Cursor<'_>) -> Result<(), DumpProblem> {
    cursor.next()?;
    if cursor.peek()? == Token::Symbol(b'(') {
        cursor.skip_group()?;
    }
    Ok(())
}

/// The value of an option: a word or a string.
pub(super) fn word_or_string(cursor: &mut Cursor<'_>) -> Result<String, DumpProblem> {
    match cursor.next()? {
        Token::Word(span) | Token::Name { span, .. } | Token::Number(span) => cursor.text(span),
        Token::Text {
            span,
            quote,
            escaped,
        } => cursor.string_of(span, quote, escaped),
        token => Err(cursor.unexpected(token, "the value of an option")),
    }
}

pub(super) fn at_element_end(cursor: &mut Cursor<'_>) -> Result<bool, DumpProblem> {
    match cursor.peek()? {
        Token::Symbol(b',' | b')') | Token::Delimiter | Token::End => Ok(true),
        // Where ALTER TABLE puts a column.
        token => Ok(cursor.is_word(token, "FIRST") || cursor.is_word(token, "AFTER")),
    }
}
