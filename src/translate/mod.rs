//! MySQL expressions and queries to SQLite ones.
//!
//! Checks, generated columns, defaults, functional keys, `ON DUPLICATE KEY UPDATE` and views are code,
//! and the two databases speak different dialects. What is translated here means the same in both;
//! what would not is an error with its reason, and the caller reports it. Only core functions of
//! SQLite 3.40 are used, because a view that an older one cannot parse closes the whole file to it.
//! It must not run anything.
//!
//! # Layout
//! - [`Scope`]: the names that an expression may use; [`Type`]: what is known of their values
//! - [`Sql`]: what is translated, and its forms; `compare`, `arithmetic`: two of them and more
//! - `expression`: operators, by precedence; `like`: two of them; `primary`: literals, columns, `CASE`
//! - `function`: calls; `aggregate`, `cast`, `json`, `dates`, `spatial`, `wkb`: those about rows, types, JSON, dates, and
//!   geometry
//! - `query`: `SELECT`, for views; `item_name`: what its columns are called; `star`: which `*` are

mod aggregate;
mod arithmetic;
mod cast;
mod compare;
mod dates;
mod expression;
mod function;
mod item_name;
mod json;
mod like;
mod primary;
mod query;
mod spatial;
mod sql;
mod star;
#[cfg(test)]
mod tests;
mod tokens;
mod types;
mod wkb;

use std::collections::BTreeSet;

use crate::dump::{Cursor, SourceText};
use crate::file::sql::quoted;

use item_name::ListUse;

pub(super) use compare::TextUse;
pub(super) use sql::{Sql, TextColumn};
pub(super) use types::Type;

/// Nesting beyond this is refused, so that hostile input cannot exhaust the stack.
const DEEPEST: usize = 100;

/// Longer expressions and queries are refused: a chain of operators is put in parentheses link by
/// link, which takes time in the square of its length, and SQLite takes 1,000 links at most.
const MOST_TOKENS: usize = 20_000;

/// Why something is not translated, as the object of "because it uses …".
pub(super) type Untranslatable = String;

/// A column that an expression may name.
#[derive(Debug, Clone)]
pub(super) struct KnownColumn {
    pub(super) name: String,
    pub(super) value: Type,
    /// The columns of the file that its texts come from.
    sources: Vec<TextColumn>,
    /// See [`Sql::carries_collation`].
    carries_collation: bool,
}

impl KnownColumn {
    /// The columns of a table or view in the file, whose name is needed for views.
    fn of_table(table: Option<&str>, is_view: bool, columns: Vec<(String, Type)>) -> Vec<Self> {
        let known = |(name, value): (String, Type)| Self {
            sources: match value {
                Type::Text(_) | Type::Choice(_) | Type::Json => vec![TextColumn {
                    table: table.map(str::to_owned),
                    column: name.clone(),
                }],
                _ => Vec::new(),
            },
            name,
            value,
            carries_collation: !is_view,
        };
        columns.into_iter().map(known).collect()
    }

    fn sql(&self) -> Sql {
        Sql {
            columns: self.sources.clone(),
            carries_collation: self.carries_collation,
            ..Sql::new(quoted(&self.name), self.value)
        }
    }
}

/// A table that an expression may name columns of.
#[derive(Debug, Clone)]
pub(super) struct ScopeTable {
    /// Its name or alias in the expression.
    pub(super) name: String,
    /// Its columns, if they are known.
    pub(super) columns: Vec<KnownColumn>,
    /// What stands before its columns in SQLite; nothing where there is only one table.
    pub(super) prefix: Option<String>,
    /// A `*` in SQLite would stand for other columns.
    pub(super) narrowed: bool,
    /// A column of its `*` that is gone.
    pub(super) lost: Option<String>,
}

impl ScopeTable {
    /// The one table of a constraint.
    pub(super) fn only(name: &str, columns: Vec<(String, Type)>) -> Self {
        Self {
            name: name.to_owned(),
            columns: KnownColumn::of_table(None, false, columns),
            prefix: None,
            narrowed: false,
            lost: None,
        }
    }
}

/// The tables of a query, or the one table of a constraint.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) tables: Vec<ScopeTable>,
}

impl Scope {
    /// Columns of `tables` only.
    pub(super) fn of(tables: Vec<ScopeTable>) -> Self {
        Self { tables }
    }

    fn resolve(&self, qualifier: Option<&str>, name: &str) -> Option<Sql> {
        for table in &self.tables {
            if qualifier.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&table.name)) {
                continue;
            }
            let known = table
                .columns
                .iter()
                .find(|column| column.name.eq_ignore_ascii_case(name));
            let (column, known) = match known {
                Some(column) => (column.name.as_str(), column.sql()),
                None if qualifier.is_some() => (name, Sql::new("", Type::Unknown)),
                None => continue,
            };
            let text = match (&table.prefix, qualifier) {
                (Some(prefix), Some(_)) => format!("{}.{}", quoted(prefix), quoted(column)),
                _ => quoted(column),
            };
            return Some(Sql { text, ..known });
        }
        None
    }
}

/// Gives a query the tables that it may read.
pub(super) trait Catalog {
    /// The name in SQLite and the columns of a table or view.
    fn table(&self, database: Option<&str>, name: &str) -> Option<(String, Vec<(String, Type)>)>;
    /// Whether it is a view, whose columns may have lost their collation.
    fn is_view(&self, _database: Option<&str>, _name: &str) -> bool {
        false
    }
    /// Whether these columns are not all that it has, or in another order: a `*` has to name them.
    fn is_narrowed(&self, _database: Option<&str>, _name: &str) -> bool {
        false
    }
    /// A column that a `*` stands for and that is gone: a server finds the view invalid.
    fn lost_column(&self, _database: Option<&str>, _name: &str) -> Option<String> {
        None
    }
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
        || spatial::composes(&name)
        || name == "POINT"
        || name.ends_with("FROMTEXT")
        || name.ends_with("FROMWKB")
}

/// The bytes of a geometry that is written as WKT, in a reference system.
pub(super) fn geometry(text: &str, system: u32) -> Option<Vec<u8>> {
    spatial::geometry(text, system)
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
    let columns = translator.columns.into_iter();
    Ok(TranslatedQuery {
        text,
        columns: columns.map(|column| (column.name, column.value)).collect(),
        compared: translator.compared,
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
    /// The columns whose texts SQLite compares for it, and for what.
    pub(super) compared: BTreeSet<(TextColumn, TextUse)>,
}

struct Translator<'s> {
    cursor: Cursor<'s>,
    catalog: &'s dyn Catalog,
    scopes: Vec<Scope>,
    /// Tables that `WITH` has named.
    common: Vec<String>,
    /// Those of them whose columns are known.
    common_columns: Vec<(String, Vec<KnownColumn>)>,
    /// The columns of the query or select list that was translated last.
    columns: Vec<KnownColumn>,
    /// Texts that are compared.
    compared: BTreeSet<(TextColumn, TextUse)>,
    pipes_as_concat: bool,
    /// Queries are for views: as a value, a recursive one might never end.
    queries: bool,
    /// What is translated is computed now and not kept, so that newer functions do no harm.
    at_import: bool,
    list_use: ListUse,
    depth: usize,
    tokens: usize,
}
