//! Rows that a `CHECK` of their table forbids: `INSERT IGNORE` leaves them out, as on a server.
//!
//! What the evaluator does not know stays in; `completion` leaves out the check then, and says so. Rows of other
//! statements are not looked at: a server refuses them.

use super::resolve::{Resolver, in_row};
use super::table::ImportTable;
use super::table_row::{TableRow, columns_of};
use crate::dump::{InsertHeader, OnConflict};
use crate::evaluate::{self, Formula, NamedTable, Unevaluable};
use crate::load::batch::{Batch, Cell};

/// A check, and the columns that it depends on.
struct RowCheck {
    formula: Formula,
    columns: Vec<usize>,
}

impl Resolver<'_> {
    /// Takes rows that are forbidden out of the batch. A row with something that is still to be computed stays.
    pub(super) fn leave_out_forbidden(
        &self,
        table: &ImportTable,
        header: &InsertHeader,
        columns: &[usize],
        batch: &mut Batch,
    ) {
        let enforced = table
            .definition
            .checks
            .iter()
            .filter(|check| check.enforced);
        if header.on_conflict != OnConflict::Ignore || enforced.clone().next().is_none() {
            return;
        }
        let mut checks: Vec<RowCheck> = enforced
            .filter_map(|check| evaluate::parse(&check.expression).ok())
            .map(|formula| RowCheck {
                columns: columns_of(&formula, table),
                formula,
            })
            .collect();
        let named = NamedTable::plain(self.view.database, &table.definition.name);
        let width = columns.len();
        let mut kept = vec![true; batch.rows()];
        for (row, kept) in kept.iter_mut().enumerate() {
            let given = &batch.cells[row * width..(row + 1) * width];
            let empty = TableRow::empty(self.view, table, &named);
            checks.retain(|check| {
                match check.allows(&empty, (columns, given), batch) {
                    Ok(Some(false)) => *kept = false,
                    Ok(_) => {}
                    // What is not known of one row is not of the others.
                    Err(_) => return false,
                }
                true
            });
        }
        batch.retain_rows(&kept, width);
    }
}

impl ImportTable {
    /// Numbers of rows that were left out are not given again: `InnoDB` takes those of all rows of a statement at once.
    pub(super) fn pass_over(&mut self, rows: usize) {
        if let (Some(next), false) = (&mut self.next_number, self.definition.lasting) {
            *next = next.saturating_add(i64::try_from(rows).unwrap_or(0));
        }
    }
}

impl RowCheck {
    /// Whether the check holds for a row; `None` where it is neither true nor false, which allows the row.
    fn allows(
        &self,
        empty: &TableRow<'_>,
        (columns, given): (&[usize], &[Cell]),
        batch: &Batch,
    ) -> Result<Option<bool>, Unevaluable> {
        let mut row = TableRow::empty(empty.view, empty.table, empty.named);
        for &index in &self.columns {
            let at = columns.iter().position(|&column| column == index);
            let is_open =
                |cell: &Cell| matches!(cell, Cell::Default | Cell::Omitted | Cell::Expression(_));
            if at.is_some_and(|at| is_open(&given[at])) {
                return Ok(None);
            }
            row.cells[index] = in_row(&row, index, (columns, given), batch)?;
        }
        self.formula.evaluate(&row)?.is_true()
    }
}
