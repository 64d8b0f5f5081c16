//! The tables of a query behind the first: `a, b`, `a JOIN b ON …`, `a LEFT JOIN b USING (id)`.
//!
//! Only their form is known here. Joins from the right, and natural ones, are errors with their name.

use super::Unevaluable;
use super::formula::Formula;
use super::parse::{FormulaParser, known};
use super::query::NamedTable;
use crate::dump::Token;

/// A table that is joined to those before it.
#[derive(Debug, Clone)]
pub(crate) struct JoinedTable {
    pub(crate) table: NamedTable,
    /// Rows without a partner stay, with NULL for its columns.
    pub(crate) is_outer: bool,
    pub(crate) on: Option<Formula>,
}

impl FormulaParser<'_> {
    /// The tables behind `first`.
    pub(super) fn joins(&mut self, first: &NamedTable) -> Result<Vec<JoinedTable>, Unevaluable> {
        let mut joins = Vec::new();
        loop {
            let mut is_outer = false;
            if self.skip_symbol(b',')? {
                let table = self.named_table()?;
                joins.push(JoinedTable {
                    table,
                    is_outer,
                    on: None,
                });
                continue;
            }
            if self.at_word(&["RIGHT", "NATURAL"])? {
                return Err("a RIGHT or NATURAL JOIN".to_owned());
            } else if self.skip_word("LEFT")? {
                self.skip_word("OUTER")?;
                self.expect_word("JOIN")?;
                is_outer = true;
            } else if self.skip_word("INNER")? || self.skip_word("CROSS")? {
                self.expect_word("JOIN")?;
            } else if !self.skip_word("JOIN")? && !self.skip_word("STRAIGHT_JOIN")? {
                return Ok(joins);
            }
            let table = self.named_table()?;
            let on = if self.skip_word("ON")? {
                Some(self.expression()?)
            } else if self.skip_word("USING")? {
                Some(self.same_columns(first, &table)?)
            } else {
                None
            };
            joins.push(JoinedTable {
                table,
                is_outer,
                on,
            });
        }
    }

    /// `USING (a, b)`: columns that are the same in both tables.
    fn same_columns(
        &mut self,
        first: &NamedTable,
        second: &NamedTable,
    ) -> Result<Formula, Unevaluable> {
        self.expect_symbol(b'(')?;
        let mut condition: Option<Formula> = None;
        loop {
            let name = self.name()?;
            let column = |table: &NamedTable| {
                let called = table.alias.as_ref().unwrap_or(&table.name);
                Formula::Column(Some(called.clone()), name.clone())
            };
            let same = known("=", vec![column(first), column(second)])?;
            condition = Some(match condition {
                Some(before) => known("AND", vec![before, same])?,
                None => same,
            });
            if !self.skip_symbol(b',')? {
                break;
            }
        }
        self.expect_symbol(b')')?;
        condition.ok_or_else(|| "USING of nothing".to_owned())
    }

    /// A table of a statement about one.
    pub(super) fn only_table(&mut self) -> Result<NamedTable, Unevaluable> {
        let table = self.named_table()?;
        if self.peek()? == Token::Symbol(b',') {
            return Err("several tables".to_owned());
        }
        Ok(table)
    }
}
