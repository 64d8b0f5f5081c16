//! The names that a server gives the items of a select list that have no alias.
//!
//! A column has its own name and a string its content; everything else is called as it is written.
//! SQLite calls items by its own text of them, so the names are written behind `AS`. What it must
//! not do: change what an item means.

use super::expression::reason;
use super::sql::Sql;
use super::{KnownColumn, Translator, Untranslatable};
use crate::dump::{Cursor, SourceText, Token};
use crate::file::sql::quoted;

/// Characters that a column's name may have.
const MOST_CHARACTERS: usize = 64;

/// An item of a select list: its SQL, its columns (several for `*`), and where their names are from.
pub(super) struct SelectItem {
    pub(super) text: String,
    pub(super) columns: Vec<KnownColumn>,
    pub(super) naming: Naming,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// `*`: the columns have their names.
    Star,
    /// The dump gives an alias.
    Alias,
    /// The name of the one column that it is.
    Column,
    /// The server makes it of the text, and another one where that is no name.
    Automatic,
}

/// What is done with the columns of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListUse {
    /// They are those of a view, with valid names only, each of them once.
    View,
    /// They are those of a table in a query.
    Table,
    /// It is a value, and nobody names its columns.
    Value,
}

impl SelectItem {
    fn is_automatic(&self) -> bool {
        self.naming == Naming::Automatic
    }

    /// SQL with the name, where SQLite would not give it by itself.
    fn named(&self, used: ListUse) -> String {
        let text = &self.text;
        let name = match self.columns.first() {
            Some(column) => quoted(&column.name),
            None => return text.clone(),
        };
        let is_needed = match self.naming {
            Naming::Star => false,
            Naming::Alias => true,
            Naming::Column => {
                used != ListUse::Value && *text != name && !text.ends_with(&format!(".{name}"))
            }
            // SQLite would take the alias for a column of the query around a value.
            Naming::Automatic => used != ListUse::Value,
        };
        if is_needed {
            return format!("{text} AS {name}");
        }
        text.clone()
    }
}

impl Translator<'_> {
    /// A query as a value, or among operators.
    pub(super) fn value_query(&mut self) -> Result<String, Untranslatable> {
        self.query_for(ListUse::Value)
    }

    /// A query as a table.
    pub(super) fn table_query(&mut self) -> Result<String, Untranslatable> {
        self.query_for(ListUse::Table)
    }

    fn query_for(&mut self, used: ListUse) -> Result<String, Untranslatable> {
        let outer = std::mem::replace(&mut self.list_use, used);
        let query = self.query()?;
        self.list_use = outer;
        Ok(query)
    }
}

/// The SQL of a select list, and its columns.
pub(super) fn list(
    mut items: Vec<SelectItem>,
    used: ListUse,
) -> Result<(String, Vec<KnownColumn>), Untranslatable> {
    if used == ListUse::View {
        make_valid(&mut items);
        make_unique(&mut items);
    }
    // SQLite calls them `column1` and so on.
    let columns = items.iter().flat_map(|item| &item.columns);
    for KnownColumn { name, .. } in columns {
        if used != ListUse::Value
            && (name.eq_ignore_ascii_case("TRUE") || name.eq_ignore_ascii_case("FALSE"))
        {
            return Err(format!(
                "{name} as a column's name, which SQLite does not keep"
            ));
        }
    }
    let texts: Vec<String> = items.iter().map(|item| item.named(used)).collect();
    let columns = items.into_iter().flat_map(|item| item.columns);
    Ok((texts.join(", "), columns.collect()))
}

fn make_valid(items: &mut [SelectItem]) {
    let mut number = 0;
    for item in items {
        number += item.columns.len();
        if let (true, [column]) = (item.is_automatic(), item.columns.as_mut_slice()) {
            let name = &column.name;
            if name.is_empty()
                || name.ends_with(|last: char| last.is_ascii_whitespace())
                || name.chars().count() > MOST_CHARACTERS
            {
                column.name = format!("Name_exp_{number}");
            }
        }
    }
}

fn make_unique(items: &mut [SelectItem]) {
    for index in 0..items.len() {
        if !items[index].is_automatic() {
            continue;
        }
        let own = items[index].columns[0].name.clone();
        let is_taken = |name: &str, items: &[SelectItem]| {
            let has = |item: &SelectItem| {
                let mut columns = item.columns.iter();
                columns.any(|column| column.name.eq_ignore_ascii_case(name))
            };
            items.iter().enumerate().any(|(other, item)| {
                // Of two names that the server made, the first one stays.
                (other < index || (other > index && !item.is_automatic())) && has(item)
            })
        };
        let mut name = own.clone();
        let mut attempt = 0;
        while is_taken(&name, items) {
            name = match attempt {
                0 => format!("My_exp_{own}"),
                _ => format!("My_exp_{own}_{attempt}"),
            };
            attempt += 1;
        }
        items[index].columns[0].name = name;
    }
}

/// The name of an item that is written like this, without an alias.
pub(super) fn of_source(source: &SourceText) -> Result<String, Untranslatable> {
    let mut cursor = Cursor::over(source);
    let mut tokens = Vec::new();
    let (mut written, mut behind) = (String::new(), 0);
    let part = |start, end| source.text.get(start..end).unwrap_or_default();
    loop {
        let token = cursor.next().map_err(reason)?;
        let (start, end) = cursor.offsets();
        written += &without_comments(part(behind, start));
        if matches!(token, Token::End | Token::Delimiter) {
            break;
        }
        written += part(start, end);
        behind = end;
        tokens.push(token);
    }
    let name = of_simple(&cursor, &tokens)?;
    let name = name.unwrap_or_else(|| written.trim_end().to_owned());
    Ok(name
        .trim_start_matches(|first: char| first.is_ascii_whitespace() || first.is_ascii_control())
        .to_owned())
}

/// The name of a column, a string, a number or a constant, which has one also in parentheses.
fn of_simple(cursor: &Cursor<'_>, tokens: &[Token]) -> Result<Option<String>, Untranslatable> {
    let mut tokens = tokens;
    while let [Token::Symbol(b'('), inner @ .., Token::Symbol(b')')]
    | [Token::Symbol(b'+'), inner @ ..] = tokens
    {
        tokens = inner;
    }
    let word = |token| cursor.name_of(token, "a name").map_err(reason);
    let texts = match tokens {
        [Token::Word(_)] => {
            let name = word(tokens[0])?;
            let upper = name.to_ascii_uppercase();
            let is_constant = ["NULL", "TRUE", "FALSE"].contains(&upper.as_str());
            return Ok(Some(if is_constant { upper } else { name }));
        }
        [.., Token::Symbol(b'.'), last] | [last @ Token::Name { .. }]
            if tokens.iter().step_by(2).all(is_name) && tokens.len() % 2 == 1 =>
        {
            return word(*last).map(Some);
        }
        [Token::Number(span)] => return cursor.text(*span).map(Some).map_err(reason),
        [first @ Token::Word(_), texts @ ..] if !texts.is_empty() => {
            let introducer = word(*first)?;
            if !introducer.starts_with('_') && !introducer.eq_ignore_ascii_case("N") {
                return Ok(None);
            }
            texts
        }
        texts => texts,
    };
    let mut content = String::new();
    for token in texts {
        let Token::Text {
            span,
            quote,
            escaped,
        } = *token
        else {
            return Ok(None);
        };
        content += &cursor.string_of(span, quote, escaped).map_err(reason)?;
    }
    Ok((!texts.is_empty()).then_some(content))
}

fn is_name(token: &Token) -> bool {
    matches!(token, Token::Word(_) | Token::Name { .. })
}

/// What stands between tokens: blanks stay, comments and the marks of version comments go.
fn without_comments(between: &str) -> String {
    let mut kept = String::new();
    let mut rest = between;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' | '-' => rest.find('\n').unwrap_or(rest.len()),
            '/' => match rest.find("*/") {
                Some(end) => end + 2,
                // A version comment whose text counts begins here, and that is a token.
                None => rest.len() - rest.trim_start_matches(is_mark).len(),
            },
            '*' => 2,
            _ => {
                kept.push(first);
                first.len_utf8()
            }
        };
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    kept
}

fn is_mark(character: char) -> bool {
    matches!(character, '/' | '*' | '!' | 'M' | '0'..='9')
}

/// How SQLite calls the columns of `*`, or of one table's.
pub(super) fn star(item: &Sql) -> Option<Option<&str>> {
    match item.text.rsplit_once('.') {
        _ if item.text == "*" => Some(None),
        Some((table, "*")) => Some(Some(table)),
        _ => None,
    }
}
