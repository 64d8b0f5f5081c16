//! The parser of `CREATE TABLE`.
//!
//! It reads columns, primary key and keys in full, and everything that SQLite has no word for
//! (engines, comments, collations, storage options) is consumed by the grammar, not by luck:
//! parentheses are balanced and strings are strings. Parts with a meaning that this version does
//! not carry over end up in [`TableDefinition::omitted`].

use super::cursor::Cursor;
use super::definition::{
    ColumnDefinition, ColumnType, DefaultValue, KeyDefinition, TableDefinition,
};
use super::error::{Position, Problem};
use super::lexer::Token;
use super::literal::text_bytes;

/// Parses from behind `CREATE TABLE` to behind the semicolon.
pub(super) fn parse(
    cursor: &mut Cursor<'_>,
    position: Position,
) -> Result<TableDefinition, Problem> {
    if cursor.skip_word("IF")? {
        cursor.expect_word("NOT")?;
        cursor.expect_word("EXISTS")?;
    }
    let (database, name) = cursor.qualified_name()?;
    let mut table = TableDefinition {
        database,
        name,
        columns: Vec::new(),
        primary_key: Vec::new(),
        keys: Vec::new(),
        omitted: Vec::new(),
        position,
    };
    if !cursor.skip_symbol(b'(')? {
        let token = cursor.next()?;
        return Err(cursor.unexpected(token, "'(' and the columns of the table"));
    }
    loop {
        element(cursor, &mut table)?;
        match cursor.next()? {
            Token::Symbol(b',') => {}
            Token::Symbol(b')') => break,
            token => return Err(cursor.unexpected(token, "',' or ')' in CREATE TABLE")),
        }
    }
    for column in &mut table.columns {
        column.not_null |= table.primary_key.contains(&column.name);
    }
    cursor.skip_statement()?;
    Ok(table)
}

/// A column, a key or a constraint.
fn element(cursor: &mut Cursor<'_>, table: &mut TableDefinition) -> Result<(), Problem> {
    if cursor.skip_word("CONSTRAINT")? {
        let named = !["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]
            .iter()
            .any(|keyword| matches!(cursor.peek(), Ok(token) if cursor.is_word(token, keyword)));
        if named {
            cursor.name("the name of a constraint")?;
        }
    }
    if cursor.skip_word("PRIMARY")? {
        cursor.expect_word("KEY")?;
        table.primary_key = key_parts(cursor)?.1;
    } else if cursor.skip_word("UNIQUE")? {
        let _ = cursor.skip_word("KEY")? || cursor.skip_word("INDEX")?;
        let (name, columns) = key_parts(cursor)?;
        table.keys.push(KeyDefinition {
            name,
            unique: true,
            columns,
        });
    } else if cursor.skip_word("KEY")? || cursor.skip_word("INDEX")? {
        let (name, columns) = key_parts(cursor)?;
        table.keys.push(KeyDefinition {
            name,
            unique: false,
            columns,
        });
    } else if let Some(omitted) = omitted_element(cursor)? {
        table.omitted.push(omitted.to_owned());
        skip_to_element_end(cursor)?;
    } else {
        column(cursor, table)?;
    }
    Ok(())
}

/// Consumes the first word of an element that is not carried over.
fn omitted_element(cursor: &mut Cursor<'_>) -> Result<Option<&'static str>, Problem> {
    for (keyword, what) in [
        ("FOREIGN", "FOREIGN KEY"),
        ("FULLTEXT", "FULLTEXT KEY"),
        ("SPATIAL", "SPATIAL KEY"),
        ("CHECK", "CHECK"),
    ] {
        if cursor.skip_word(keyword)? {
            return Ok(Some(what));
        }
    }
    Ok(None)
}

/// `[name] [USING method] (column [(length)] [ASC|DESC], …) [options]`
fn key_parts(cursor: &mut Cursor<'_>) -> Result<(Option<String>, Vec<String>), Problem> {
    let mut name = None;
    loop {
        if cursor.skip_word("USING")? {
            cursor.name("an index method")?;
        } else if cursor.skip_symbol(b'(')? {
            break;
        } else {
            name = Some(cursor.name("the name of a key")?);
        }
    }
    let mut columns = Vec::new();
    loop {
        columns.push(cursor.name("a column of the key")?);
        if cursor.peek()? == Token::Symbol(b'(') {
            cursor.skip_group()?;
        }
        let _ = cursor.skip_word("ASC")? || cursor.skip_word("DESC")?;
        match cursor.next()? {
            Token::Symbol(b',') => {}
            Token::Symbol(b')') => break,
            token => return Err(cursor.unexpected(token, "',' or ')' in a key")),
        }
    }
    skip_to_element_end(cursor)?;
    Ok((name, columns))
}

fn column(cursor: &mut Cursor<'_>, table: &mut TableDefinition) -> Result<(), Problem> {
    let name = cursor.name("a column name")?;
    let column_type = column_type(cursor)?;
    let mut column = ColumnDefinition {
        name,
        column_type,
        not_null: false,
        default: None,
        auto_increment: false,
        generated: false,
    };
    while !at_element_end(cursor)? {
        attribute(cursor, &mut column, table)?;
    }
    table.columns.push(column);
    Ok(())
}

fn column_type(cursor: &mut Cursor<'_>) -> Result<ColumnType, Problem> {
    let mut name = cursor.name("a column type")?.to_ascii_uppercase();
    for (first, second) in [
        ("DOUBLE", "PRECISION"),
        ("CHARACTER", "VARYING"),
        ("LONG", "VARCHAR"),
    ] {
        if name == first && cursor.skip_word(second)? {
            name = format!("{first} {second}");
        }
    }
    let mut arguments = Vec::new();
    if cursor.skip_symbol(b'(')? {
        loop {
            match cursor.next()? {
                Token::Symbol(b')') => break,
                Token::Symbol(b',') => {}
                Token::Number(span) | Token::Word(span) => arguments.push(cursor.utf8(span)?),
                token @ Token::Text { .. } => arguments.push(text(cursor, token)?),
                token => return Err(cursor.unexpected(token, "an argument of the column type")),
            }
        }
    }
    Ok(ColumnType {
        name,
        arguments,
        unsigned: false,
    })
}

/// Consumes one attribute of a column, in any order as MySQL allows.
fn attribute(
    cursor: &mut Cursor<'_>,
    column: &mut ColumnDefinition,
    table: &mut TableDefinition,
) -> Result<(), Problem> {
    if cursor.skip_word("NOT")? {
        column.not_null |= cursor.skip_word("NULL")?;
    } else if cursor.skip_word("UNSIGNED")? {
        column.column_type.unsigned = true;
    } else if cursor.skip_word("DEFAULT")? {
        column.default = default_value(cursor)?;
    } else if cursor.skip_word("AUTO_INCREMENT")? {
        column.auto_increment = true;
    } else if cursor.skip_word("UNIQUE")? {
        cursor.skip_word("KEY")?;
        let columns = vec![column.name.clone()];
        table.keys.push(KeyDefinition {
            name: None,
            unique: true,
            columns,
        });
    } else if cursor.skip_word("PRIMARY")? || cursor.skip_word("KEY")? {
        cursor.skip_word("KEY")?;
        table.primary_key = vec![column.name.clone()];
    } else if cursor.skip_word("AS")? {
        column.generated = true;
        cursor.skip_group()?;
    } else if cursor.skip_word("CHECK")? {
        table.omitted.push("CHECK".to_owned());
        cursor.skip_group()?;
    } else if cursor.skip_word("REFERENCES")? {
        table.omitted.push("FOREIGN KEY".to_owned());
    } else if cursor.peek()? == Token::Symbol(b'(') {
        cursor.skip_group()?;
    } else {
        // COMMENT, COLLATE, CHARACTER SET, ON UPDATE, …: words, names and strings of no effect here.
        cursor.next()?;
    }
    Ok(())
}

fn default_value(cursor: &mut Cursor<'_>) -> Result<Option<DefaultValue>, Problem> {
    let token = cursor.next()?;
    match token {
        Token::Text { .. } => Ok(Some(DefaultValue::Literal(text(cursor, token)?))),
        Token::Number(span) => Ok(Some(DefaultValue::Literal(cursor.utf8(span)?))),
        Token::Symbol(sign @ (b'-' | b'+')) => match cursor.next()? {
            Token::Number(span) => {
                let digits = cursor.utf8(span)?;
                let sign = if sign == b'-' { "-" } else { "" };
                Ok(Some(DefaultValue::Literal(format!("{sign}{digits}"))))
            }
            token => Err(cursor.unexpected(token, "a number after its sign")),
        },
        Token::Word(span) => {
            let word = cursor.utf8(span)?;
            if cursor.peek()? == Token::Symbol(b'(') {
                cursor.skip_group()?;
            }
            Ok(match word.to_ascii_uppercase().as_str() {
                "NULL" => None,
                "CURRENT_TIMESTAMP" | "NOW" | "LOCALTIME" | "LOCALTIMESTAMP" => {
                    Some(DefaultValue::CurrentTimestamp)
                }
                "TRUE" => Some(DefaultValue::Literal("1".to_owned())),
                "FALSE" => Some(DefaultValue::Literal("0".to_owned())),
                _ => Some(DefaultValue::Expression(word)),
            })
        }
        Token::Hex(_) | Token::Bits(_) => Ok(Some(DefaultValue::Expression(
            "a binary literal".to_owned(),
        ))),
        Token::Symbol(b'(') => {
            skip_open_group(cursor)?;
            Ok(Some(DefaultValue::Expression("an expression".to_owned())))
        }
        token => Err(cursor.unexpected(token, "the value of DEFAULT")),
    }
}

/// Consumes the rest of a group whose opening parenthesis is already consumed.
fn skip_open_group(cursor: &mut Cursor<'_>) -> Result<(), Problem> {
    while !cursor.skip_symbol(b')')? {
        if cursor.peek()? == Token::Symbol(b'(') {
            cursor.skip_group()?;
        } else if cursor.next()? == Token::End {
            return Err(Problem::Truncated("a parenthesised list"));
        }
    }
    Ok(())
}

fn skip_to_element_end(cursor: &mut Cursor<'_>) -> Result<(), Problem> {
    while !at_element_end(cursor)? {
        if cursor.peek()? == Token::Symbol(b'(') {
            cursor.skip_group()?;
        } else {
            cursor.next()?;
        }
    }
    Ok(())
}

fn at_element_end(cursor: &mut Cursor<'_>) -> Result<bool, Problem> {
    match cursor.peek()? {
        Token::Symbol(b',' | b')') => Ok(true),
        Token::End | Token::Symbol(b';') => Err(Problem::Truncated("CREATE TABLE")),
        _ => Ok(false),
    }
}

fn text(cursor: &Cursor<'_>, token: Token) -> Result<String, Problem> {
    let Token::Text {
        span,
        quote,
        escaped,
    } = token
    else {
        return Err(cursor.unexpected(token, "a string"));
    };
    String::from_utf8(text_bytes(cursor.slice(span), quote, escaped).into_owned())
        .map_err(|_| Problem::Unsupported("a string in CREATE TABLE that is not UTF-8".to_owned()))
}
