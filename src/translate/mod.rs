//! MySQL expressions and queries to SQLite ones.
//!
//! Checks, generated columns, defaults, functional keys, `ON DUPLICATE KEY UPDATE` and views are code,
//! and the two databases speak different dialects. What is translated here means the same in both;
//! what would not is an error with its reason, and the caller reports it. Only core functions of
//! SQLite 3.40 are used, because a view that an older one cannot parse closes the whole file to it.
//! It must not run anything.
//!
//! # Layout
//! - [`Scope`], [`Type`]: the names that an expression may use
//! - `expression`: operators, by precedence; `primary`: literals, columns, `CASE`
//! - `function`: calls; `json`, `dates`, `spatial`: those about JSON, dates, and geometry
//! - `query`: `SELECT`, for views

mod dates;
mod expression;
mod function;
mod json;
mod primary;
mod query;
mod spatial;
#[cfg(test)]
mod tests;

use crate::dump::{Cursor, SourceText, ValueType};
use crate::file::sql::quoted;

/// Nesting beyond this is refused, so that hostile input cannot exhaust the stack.
const DEEPEST: usize = 100;

/// Longer expressions and queries are refused: a chain of operators is put in parentheses link by
/// link, which takes time in the square of its length, and SQLite takes 1,000 links at most.
const MOST_TOKENS: usize = 20_000;

/// Why something is not translated, as the object of "because it uses …".
pub(super) type Untranslatable = String;

/// What is known about the values of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Number,
    /// A number that is stored as text, to keep its digits; compared and computed with as a number.
    Digits,
    Text,
    /// A member of an ENUM or SET: text that MySQL takes for a number where one is needed.
    Choice,
    Date,
    DateTime,
    Blob,
    Unknown,
}

impl Type {
    pub(super) fn of(kind: &ValueType) -> Self {
        match kind {
            ValueType::Integer
            | ValueType::Unsigned
            | ValueType::Bits
            | ValueType::Real
            | ValueType::Year => Self::Number,
            ValueType::Decimal(_) => Self::Digits,
            ValueType::Date => Self::Date,
            ValueType::DateTime(_) => Self::DateTime,
            ValueType::Time(_) | ValueType::Text(_) | ValueType::Char(_) => Self::Text,
            ValueType::Enum(..) | ValueType::Set(..) => Self::Choice,
            ValueType::Blob | ValueType::FixedBlob(_) => Self::Blob,
            ValueType::Any => Self::Unknown,
        }
    }
}

/// SQL of SQLite with what is known about its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) value: Type,
    /// The one operator between the parts of the text, which stands in parentheses.
    chain: Option<&'static str>,
}

impl Sql {
    fn new(text: impl Into<String>, value: Type) -> Self {
        Self {
            text: text.into(),
            value,
            chain: None,
        }
    }

    /// `left operator right`. A chain of one operator goes on where it was and gets no deeper: the parser of
    /// SQLite has room for a hundred symbols.
    fn joined(left: Self, operator: &'static str, right: Self, value: Type) -> Self {
        let goes_on = left.chain == Some(operator);
        let (left, right) = match operator {
            "||" => (left.text, right.text),
            _ => (left.number(), right.number()),
        };
        let inner = left
            .strip_prefix('(')
            .and_then(|left| left.strip_suffix(')'))
            .filter(|_| goes_on);
        let left = inner.unwrap_or(&left);
        Self {
            chain: Some(operator),
            ..Self::new(format!("({left} {operator} {right})"), value)
        }
    }

    /// The SQL beside a value of another type that it is compared with.
    fn beside(&self, other: Type) -> Result<String, Untranslatable> {
        let is_number = matches!(other, Type::Number | Type::Digits);
        match self.value {
            Type::Text if is_number => {
                // What MySQL makes of text: the number that it begins with.
                let digits = self.text.trim_matches('\'');
                if digits
                    .parse::<i64>()
                    .is_ok_and(|number| number.to_string() == digits)
                {
                    return Ok(digits.to_owned());
                }
                Ok(format!("CAST({} AS REAL)", self.text))
            }
            Type::Choice if is_number => Err("the number of an ENUM's or SET's member".to_owned()),
            Type::Date | Type::DateTime if is_number => Err("a date as a number".to_owned()),
            _ => Ok(self.clone().number()),
        }
    }

    /// The SQL as a number, for comparing and computing.
    fn number(self) -> String {
        if self.value == Type::Digits {
            return format!("CAST({} AS NUMERIC)", self.text);
        }
        self.text
    }
}

/// A table that an expression may name columns of.
#[derive(Debug, Clone)]
pub(super) struct ScopeTable {
    /// Its name or alias in the expression.
    pub(super) name: String,
    /// Its columns, if they are known.
    pub(super) columns: Vec<(String, Type)>,
    /// What stands before its columns in SQLite; nothing where there is only one table.
    pub(super) prefix: Option<String>,
}

/// The tables of a query, or the one table of a constraint.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) tables: Vec<ScopeTable>,
    /// Names of the new row's columns in `ON DUPLICATE KEY UPDATE … AS new(a, b)`.
    pub(super) new_columns: Vec<(String, String)>,
    /// SQL of the columns that an assignment further left has changed.
    assigned: Vec<(String, String)>,
}

impl Scope {
    /// Columns of `tables` only.
    pub(super) fn of(tables: Vec<ScopeTable>) -> Self {
        Self {
            tables,
            ..Self::default()
        }
    }

    fn resolve(&self, qualifier: Option<&str>, name: &str) -> Option<Sql> {
        for table in &self.tables {
            if qualifier.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&table.name)) {
                continue;
            }
            let known = table
                .columns
                .iter()
                .find(|(column, _)| column.eq_ignore_ascii_case(name));
            let (column, value) = match known {
                Some((column, value)) => (column.as_str(), *value),
                None if qualifier.is_some() => (name, Type::Unknown),
                None => continue,
            };
            let mut assigned = self.assigned.iter().rev();
            let text = match (&table.prefix, qualifier) {
                (Some(prefix), Some(_)) => format!("{}.{}", quoted(prefix), quoted(column)),
                _ => match assigned.find(|(other, _)| other.eq_ignore_ascii_case(column)) {
                    Some((_, sql)) => format!("({sql})"),
                    None => quoted(column),
                },
            };
            return Some(Sql::new(text, value));
        }
        let (_, original) = self
            .new_columns
            .iter()
            .find(|(column, _)| column.eq_ignore_ascii_case(name))?;
        Some(Sql::new(
            format!("excluded.{}", quoted(original)),
            Type::Unknown,
        ))
    }
}

/// Gives a query the tables that it may read.
pub(super) trait Catalog {
    /// The name in SQLite and the columns of a table or view.
    fn table(&self, database: Option<&str>, name: &str) -> Option<(String, Vec<(String, Type)>)>;
}

/// No tables at all.
pub(super) struct NoTables;

impl Catalog for NoTables {
    fn table(&self, _: Option<&str>, _: &str) -> Option<(String, Vec<(String, Type)>)> {
        None
    }
}

/// Translates one expression.
pub(super) fn expression(source: &SourceText, scope: &Scope) -> Result<Sql, Untranslatable> {
    let mut translator = Translator::over_values(source, scope);
    let sql = translator.expression()?;
    translator.expect_end()?;
    Ok(sql)
}

/// Translates the expression of a value, which is computed once, by the SQLite of the importer.
pub(super) fn value(source: &SourceText) -> Result<Sql, Untranslatable> {
    let mut translator = Translator::over_values(source, &Scope::default());
    translator.at_import = true;
    let sql = translator.expression()?;
    translator.expect_end()?;
    Ok(sql)
}

/// Whether a value is a call that makes geometry.
pub(super) fn is_spatial(text: &str) -> bool {
    let name = text
        .split('(')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_uppercase();
    name.starts_with("ST_")
        || name == "POINT"
        || name.ends_with("FROMTEXT")
        || name.ends_with("FROMWKB")
}

/// What `ON DUPLICATE KEY UPDATE` has to know of the table's columns.
pub(super) trait Assigned {
    /// Brings the SQL of a column's value to the form that it stores.
    fn fitted(&self, column: &str, sql: String) -> String;
    /// The SQL of the column's default; `None` for NULL.
    fn default(&self, column: &str) -> Option<String>;
}

/// Translates the assignments of `ON DUPLICATE KEY UPDATE`. Each sees the values that those before it
/// have assigned, where SQLite's see the row as it was.
pub(super) fn assignments(
    source: &SourceText,
    scope: &Scope,
    assigned: &dyn Assigned,
) -> Result<String, Untranslatable> {
    let mut translator = Translator::over_values(source, scope);
    let mut parts: Vec<(String, String)> = Vec::new();
    loop {
        let mut column = translator.name()?;
        while translator.skip_symbol(b'.')? {
            column = translator.name()?;
        }
        translator.expect_symbol(b'=')?;
        let value = match translator.default_keyword(&column)? {
            Some(named) => assigned
                .default(&named)
                .unwrap_or_else(|| "NULL".to_owned()),
            None => assigned.fitted(&column, translator.expression()?.text),
        };
        parts.retain(|(other, _)| !other.eq_ignore_ascii_case(&column));
        parts.push((column, value));
        translator.scopes[0].assigned.clone_from(&parts);
        if !translator.skip_symbol(b',')? {
            translator.expect_end()?;
            let parts = parts
                .iter()
                .map(|(column, value)| format!("{} = {value}", quoted(column)));
            return Ok(parts.collect::<Vec<_>>().join(", "));
        }
    }
}

/// Translates the query of a view.
pub(super) fn query(
    source: &SourceText,
    catalog: &dyn Catalog,
) -> Result<TranslatedQuery, Untranslatable> {
    let mut translator = Translator::new(source, catalog);
    let text = translator.query()?;
    translator.skip_view_options()?;
    translator.expect_end()?;
    Ok(TranslatedQuery {
        text,
        columns: translator.columns,
    })
}

/// Whether translated SQL calls a function that changes the case of letters.
pub(super) fn changes_case(sql: &str) -> bool {
    sql.contains("lower(") || sql.contains("upper(")
}

/// A translated query, and its columns as far as they are known.
#[derive(Debug)]
pub(super) struct TranslatedQuery {
    pub(super) text: String,
    pub(super) columns: Vec<(String, Type)>,
}

struct Translator<'s> {
    cursor: Cursor<'s>,
    catalog: &'s dyn Catalog,
    scopes: Vec<Scope>,
    /// Tables that `WITH` has named.
    common: Vec<String>,
    /// Those of them whose columns are known.
    common_columns: Vec<(String, Vec<(String, Type)>)>,
    /// The columns of the query or select list that was translated last.
    columns: Vec<(String, Type)>,
    pipes_as_concat: bool,
    /// Queries are for views: as a value, a recursive one might never end.
    queries: bool,
    /// What is translated is computed now and not kept, so that newer functions do no harm.
    at_import: bool,
    depth: usize,
    tokens: usize,
}
