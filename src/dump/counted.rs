//! `SELECT COUNT(*) FROM information_schema.…`: how many tables, columns, keys and constraints of a name there are.
//!
//! The tables that were read are all that there is. Conditions other than equal names are not known here, and neither
//! is what a server has of its own.

use std::collections::BTreeMap;

use super::definition::TableDefinition;
use super::error::DumpProblem;
use super::lexer::Token;
use super::prepared::named_database;
use super::reader::DumpReader;
use super::session::KnownValue;

/// The values that names have to be equal to, by what they are names of.
type NamedParts = BTreeMap<String, String>;

impl DumpReader<'_> {
    /// A query, from behind `SELECT`, to its end or closing parenthesis; `into` is the variable that takes the count.
    pub(super) fn counted(&mut self, into: &mut Option<String>) -> Result<KnownValue, DumpProblem> {
        if self.cursor.skip_word("COUNT")? {
            self.cursor.skip_group()?;
        } else {
            // A row for each, where EXISTS asks.
            self.cursor.next()?;
        }
        if self.cursor.skip_word("INTO")? {
            *into = Some(self.cursor.name("a variable")?);
        }
        if !self.cursor.skip_word("FROM")? || !self.cursor.skip_word("INFORMATION_SCHEMA")? {
            return Ok(KnownValue::No);
        }
        if !self.cursor.skip_symbol(b'.')? {
            return Ok(KnownValue::No);
        }
        let kind = self.cursor.name("a table of information_schema")?;
        let mut names = NamedParts::new();
        if !self.cursor.skip_word("WHERE")? || !self.names_asked(&mut names, 0)? {
            return Ok(KnownValue::No);
        }
        if self.cursor.skip_word("LIMIT")? {
            self.cursor.next()?;
        }
        if self.cursor.skip_word("INTO")? {
            *into = Some(self.cursor.name("a variable")?);
        }
        let count = self.count_of(&kind.to_ascii_uppercase(), &mut names);
        Ok(count.map_or(KnownValue::No, |count| KnownValue::Text(count.to_string())))
    }

    /// `a = 'x' AND (b = @y)`; whether it is no more than that.
    fn names_asked(&mut self, names: &mut NamedParts, depth: usize) -> Result<bool, DumpProblem> {
        loop {
            if depth < 20 && self.cursor.skip_symbol(b'(')? {
                if !self.names_asked(names, depth + 1)? || !self.cursor.skip_symbol(b')')? {
                    return Ok(false);
                }
            } else {
                let (Token::Word(_) | Token::Name { .. }) = self.cursor.peek()? else {
                    return Ok(false);
                };
                let mut name = self.cursor.name("a column")?;
                while self.cursor.skip_symbol(b'.')? {
                    name = self.cursor.name("a column")?;
                }
                if !self.cursor.skip_symbol(b'=')? && !self.cursor.skip_word("LIKE")? {
                    return Ok(false);
                }
                let KnownValue::Text(value) = self.known(0)? else {
                    return Ok(false);
                };
                if value.contains('%') || names.insert(name.to_ascii_uppercase(), value).is_some() {
                    return Ok(false);
                }
            }
            if !self.cursor.skip_word("AND")? {
                return Ok(true);
            }
        }
    }

    fn count_of(&self, kind: &str, names: &mut NamedParts) -> Option<usize> {
        let schema = names.remove("TABLE_SCHEMA");
        let schema = schema.or(names.remove("CONSTRAINT_SCHEMA"));
        match schema.as_deref().map(str::to_ascii_uppercase).as_deref() {
            // What dumps ask for there is of Percona's servers.
            Some("PERFORMANCE_SCHEMA") => return Some(0),
            Some("MYSQL" | "SYS" | "INFORMATION_SCHEMA") => return None,
            _ => {}
        }
        let database = schema.as_deref().and_then(named_database);
        let database = database.or(self.session.database.as_deref());
        let name = names.remove("TABLE_NAME")?;
        let is_view = self.tables.view(database, &name).is_some();
        let table = self.tables.get(database, &name);
        let count = match kind {
            "TABLES" => usize::from(table.is_some() || is_view),
            _ if is_view => return None,
            "COLUMNS" => {
                let column = names.remove("COLUMN_NAME");
                table.map_or(0, |table| columns_of(table, column.as_deref()))
            }
            "STATISTICS" => {
                let index = names.remove("INDEX_NAME")?;
                table.map_or(Some(0), |table| parts_of(table, &index))?
            }
            "TABLE_CONSTRAINTS" | "REFERENTIAL_CONSTRAINTS" => {
                let constraint = names.remove("CONSTRAINT_NAME")?;
                let of_keys = names.remove("CONSTRAINT_TYPE");
                let of_keys = of_keys.is_some_and(|kind| kind.eq_ignore_ascii_case("FOREIGN KEY"));
                if !of_keys && kind == "TABLE_CONSTRAINTS" {
                    return None;
                }
                table.map_or(0, |table| foreign_keys_of(table, &constraint))
            }
            _ => return None,
        };
        names.is_empty().then_some(count)
    }
}

fn columns_of(table: &TableDefinition, name: Option<&str>) -> usize {
    match name {
        Some(name) => usize::from(table.column(name).is_some()),
        None => table.columns.len(),
    }
}

/// The columns of an index.
fn parts_of(table: &TableDefinition, index: &str) -> Option<usize> {
    if index.eq_ignore_ascii_case("PRIMARY") {
        return Some(table.primary_key.len());
    }
    let is_it = |name: &str| name.eq_ignore_ascii_case(index);
    if table.unkept_keys.iter().any(|name| is_it(name))
        || table.keys.iter().any(|key| key.name.is_none())
    {
        return None;
    }
    let mut keys = table.keys.iter();
    let key = keys.find(|key| key.name.as_deref().is_some_and(is_it));
    Some(key.map_or(0, |key| key.parts.len()))
}

fn foreign_keys_of(table: &TableDefinition, name: &str) -> usize {
    let keys = table.foreign_keys.iter();
    let names = keys.filter_map(|key| key.name.as_ref().or(key.implied_name.as_ref()));
    names.filter(|own| own.eq_ignore_ascii_case(name)).count()
}
