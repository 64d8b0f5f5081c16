//! Statements that change rows by conditions and values: `UPDATE`, `DELETE`, and the assignments of `ON DUPLICATE KEY
//! UPDATE`.
//!
//! Only their form is known here; rows are for whoever has tables.

use super::Unevaluable;
use super::formula::Formula;
use super::parse::FormulaParser;
use super::query::{NamedTable, SortKey};
use crate::dump::SourceText;

/// A column and what it gets: `None` for `DEFAULT`.
pub(crate) type Assignment = (String, Option<Formula>);

/// `UPDATE` of one table.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) table: NamedTable,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) filter: Option<Formula>,
    /// What rows are sorted by, and whether downwards.
    pub(crate) order: Vec<SortKey>,
    /// More rows than these are not changed.
    pub(crate) limit: Option<u64>,
    /// Rows that would get a key that another row has stay as they are.
    pub(crate) ignores: bool,
}

/// `DELETE` from one table.
#[derive(Debug, Clone)]
pub(crate) struct Deletion {
    pub(crate) table: NamedTable,
    pub(crate) filter: Option<Formula>,
    /// What rows are sorted by, and whether downwards.
    pub(crate) order: Vec<SortKey>,
    /// More rows than these do not go.
    pub(crate) limit: Option<u64>,
}

/// Reads an `UPDATE` from behind that word.
pub(crate) fn update(source: &SourceText) -> Result<Update, Unevaluable> {
    let mut parser = FormulaParser::new(source);
    let update = parser.update()?;
    parser.end()?;
    Ok(update)
}

/// Reads the assignments of `ON DUPLICATE KEY UPDATE`.
pub(crate) fn assignments(source: &SourceText) -> Result<Vec<Assignment>, Unevaluable> {
    let mut parser = FormulaParser::new(source);
    let assignments = parser.assignments()?;
    parser.end()?;
    Ok(assignments)
}

/// Reads a `DELETE` from behind the word `FROM`.
pub(crate) fn deletion(source: &SourceText) -> Result<Deletion, Unevaluable> {
    let mut parser = FormulaParser::new(source);
    let table = parser.only_table()?;
    let filter = parser.filter()?;
    let order = parser.order()?;
    let limit = parser.limit()?.map(|(_, count)| count);
    parser.end()?;
    Ok(Deletion {
        table,
        filter,
        order,
        limit,
    })
}

impl FormulaParser<'_> {
    fn update(&mut self) -> Result<Update, Unevaluable> {
        self.skip_word("LOW_PRIORITY")?;
        let ignores = self.skip_word("IGNORE")?;
        let table = self.only_table()?;
        self.expect_word("SET")?;
        let assignments = self.assignments()?;
        let filter = self.filter()?;
        let order = self.order()?;
        let limit = self.limit()?.map(|(_, count)| count);
        Ok(Update {
            table,
            assignments,
            filter,
            order,
            limit,
            ignores,
        })
    }

    fn assignments(&mut self) -> Result<Vec<Assignment>, Unevaluable> {
        let mut assignments = Vec::new();
        loop {
            let mut name = self.name()?;
            while self.skip_symbol(b'.')? {
                name = self.name()?;
            }
            self.expect_symbol(b'=')?;
            let value = match self.expression()? {
                Formula::Default(None) => None,
                formula => Some(formula),
            };
            assignments.push((name, value));
            if !self.skip_symbol(b',')? {
                return Ok(assignments);
            }
        }
    }
}
