//! The rows of an `UPDATE` or `DELETE` in the order that it names, where that makes a difference: `LIMIT`, variables that
//! count, keys that make room for one another.
//!
//! All rows that match are held at once, so only statements that need it come here.

use std::ops::ControlFlow;

use rusqlite::types::Value;

use super::found_rows::sort;
use super::query::{Scan, ScriptView};
use super::table_row::{TableRow, columns_of};
use crate::evaluate::{SortKey, Unevaluable};

/// What an order decides.
pub(super) struct OrderUse<'o> {
    pub(super) order: &'o [SortKey],
    pub(super) limit: Option<u64>,
    /// Variables get their values row by row.
    pub(super) assigns: bool,
}

/// The names in SQLite and the cells of the rows, the first `limit` of them.
pub(super) fn rows_in_order(
    view: &ScriptView<'_>,
    mut scan: Scan<'_>,
    by: &OrderUse<'_>,
) -> Result<Vec<(i64, Vec<Value>)>, Unevaluable> {
    let keys = by.order.iter().map(|(formula, _)| formula);
    let columns = keys.flat_map(|formula| columns_of(formula, scan.table));
    scan.columns.extend(columns);
    scan.piece = None;
    let mut found = Vec::new();
    view.scan(&scan, &mut |row| {
        let keys = by.order.iter().map(|(formula, _)| formula.evaluate(&row));
        let keys = keys.collect::<Result<_, _>>()?;
        found.push((keys, (row.id, row.cells)));
        Ok(ControlFlow::Continue(()))
    })?;
    let is_total = sort(&mut found, by.order)?;
    let limit = by.limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    if !is_total && limit < found.len() {
        return Err("LIMIT without an order of all rows".to_owned());
    }
    if !is_total && by.assigns {
        return Err("variables that depend on the order of rows".to_owned());
    }
    found.truncate(limit);
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

/// A row of a scan as expressions see it.
pub(super) fn row_of<'r>(
    view: &'r ScriptView<'r>,
    scan: &Scan<'r>,
    (id, cells): (i64, Vec<Value>),
) -> TableRow<'r> {
    TableRow {
        view,
        table: scan.table,
        named: scan.named,
        id,
        cells,
        proposed: None,
        keeps_generated: false,
    }
}
