//! Statements that change rows by conditions and values: `UPDATE`, `DELETE`, and the assignments of `ON DUPLICATE KEY
//! UPDATE`.
//!
//! Only their form is known here; rows are for whoever has tables.

use super::Unevaluable;
use super::formula::Formula;
use super::join::JoinedTable;
use super::parse::FormulaParser;
use super::query::{NamedTable, SortKey};
use crate::dump::SourceText;

/// A column and what it gets: `None` for `DEFAULT`.
pub(crate) type Assignment = (String, Option<Formula>);

/// `UPDATE` of one table, or of some that are joined.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) table: NamedTable,
    /// Tables that are joined to it.
    pub(crate) joins: Vec<JoinedTable>,
    pub(crate) assignments: Vec<Assignment>,
    /// What stands before the name of each assigned column.
    pub(crate) qualifiers: Vec<Option<String>>,
    pub(crate) filter: Option<Formula>,
    /// What rows are sorted by, and whether downwards.
    pub(crate) order: Vec<SortKey>,
    /// More rows than these are not changed.
    pub(crate) limit: Option<u64>,
    /// Rows that would get a key that another row has stay as they are.
    pub(crate) ignores: bool,
}

/// `DELETE` from one table, or from some that are joined.
#[derive(Debug, Clone)]
pub(crate) struct Deletion {
    pub(crate) table: NamedTable,
    /// Tables that are joined to it.
    pub(crate) joins: Vec<JoinedTable>,
    /// The tables whose rows go, where several are joined.
    pub(crate) targets: Vec<NamedTable>,
    pub(crate) filter: Option<Formula>,
    /// What rows are sorted by, and whether downwards.
    pub(crate) order: Vec<SortKey>,
    /// More rows than these do not go.
    pub(crate) limit: Option<u64>,
}

impl Update {
    /// All expressions of values and conditions.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Formula> {
        let values = self
            .assignments
            .iter()
            .filter_map(|(_, value)| value.as_ref());
        values.chain(&self.filter)
    }
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
    let (_, assignments) = parser.assignments()?;
    parser.end()?;
    Ok(assignments)
}

/// Reads a `DELETE` from behind the word `FROM`.
pub(crate) fn deletion(source: &SourceText) -> Result<Deletion, Unevaluable> {
    let mut parser = FormulaParser::new(source);
    let first = parser.named_table()?;
    let mut targets = vec![first.clone()];
    while parser.skip_symbol(b',')? {
        targets.push(parser.target()?);
    }
    if targets.len() > 1 || parser.at_word(&["USING"])? {
        parser.expect_word("USING")?;
        return parser.deletion_of(targets);
    }
    let filter = parser.filter()?;
    let order = parser.order()?;
    let limit = parser.limit()?.map(|(_, count)| count);
    parser.end()?;
    Ok(Deletion {
        table: first,
        joins: Vec::new(),
        targets: Vec::new(),
        filter,
        order,
        limit,
    })
}

/// Reads a `DELETE a, b FROM …` from behind the word `DELETE`.
pub(crate) fn joined_deletion(source: &SourceText) -> Result<Deletion, Unevaluable> {
    let mut parser = FormulaParser::new(source);
    let mut targets = vec![parser.target()?];
    while parser.skip_symbol(b',')? {
        targets.push(parser.target()?);
    }
    parser.expect_word("FROM")?;
    parser.deletion_of(targets)
}

impl FormulaParser<'_> {
    fn update(&mut self) -> Result<Update, Unevaluable> {
        self.skip_word("LOW_PRIORITY")?;
        let ignores = self.skip_word("IGNORE")?;
        let table = self.named_table()?;
        let joins = self.joins(&table)?;
        self.expect_word("SET")?;
        let (qualifiers, assignments) = self.assignments()?;
        let filter = self.filter()?;
        let order = self.order()?;
        let limit = self.limit()?.map(|(_, count)| count);
        Ok(Update {
            table,
            joins,
            assignments,
            qualifiers,
            filter,
            order,
            limit,
            ignores,
        })
    }

    /// A table whose rows go: `a`, `a.*`.
    fn target(&mut self) -> Result<NamedTable, Unevaluable> {
        let mut parts = vec![self.name()?];
        while self.skip_symbol(b'.')? {
            if self.skip_symbol(b'*')? {
                break;
            }
            parts.push(self.name()?);
        }
        let name = parts.pop().unwrap_or_default();
        Ok(NamedTable::plain(parts.pop().as_deref(), &name))
    }

    /// The tables that a deletion joins, and its condition.
    fn deletion_of(mut self, targets: Vec<NamedTable>) -> Result<Deletion, Unevaluable> {
        let table = self.named_table()?;
        let joins = self.joins(&table)?;
        let filter = self.filter()?;
        self.end()?;
        let is_one =
            joins.is_empty() && matches!(&targets[..], [only] if table.is_called(&only.name));
        Ok(Deletion {
            table,
            joins,
            targets: if is_one { Vec::new() } else { targets },
            filter,
            order: Vec::new(),
            limit: None,
        })
    }

    fn assignments(&mut self) -> Result<(Vec<Option<String>>, Vec<Assignment>), Unevaluable> {
        let (mut qualifiers, mut assignments) = (Vec::new(), Vec::new());
        loop {
            let (mut qualifier, mut name) = (None, self.name()?);
            while self.skip_symbol(b'.')? {
                qualifier = Some(std::mem::replace(&mut name, self.name()?));
            }
            self.expect_symbol(b'=')?;
            let value = match self.expression()? {
                Formula::Default(None) => None,
                formula => Some(formula),
            };
            qualifiers.push(qualifier);
            assignments.push((name, value));
            if !self.skip_symbol(b',')? {
                return Ok((qualifiers, assignments));
            }
        }
    }
}
