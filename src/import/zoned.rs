//! `STORED` generated columns over a `TIMESTAMP`: a server stores the time of day of the session's zone, for rows as
//! they come and for all rows of a table that an `ALTER` copies.
//!
//! What is not known is left to the end, as all other generated columns are. It must not know which statements set
//! the zone.

use std::ops::ControlFlow;

use rusqlite::types::Value as SqlValue;

use super::computed::cell_of;
use super::dumped_tables::ImportStorage;
use super::query::{Scan, ScriptView};
use super::table::ImportTable;
use super::table_row::{TableRow, named_columns};
use crate::dump::{TableDefinition, Value};
use crate::evaluate::{self, Formula, NamedTable, Unevaluable};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::batch::{Batch, Cell};

/// Rows that are read at once.
const PIECE: usize = 2000;

impl ImportTable {
    /// Whether a generated column is stored, and depends on the zone of the session that stores it.
    pub(super) fn has_time_of_day(&self, index: usize) -> bool {
        let stamp = |&index: &usize| self.is_stamp(index);
        let names_stamp = |formula: &Formula| named_columns(formula, self).iter().any(stamp);
        let Some(formula) = self.stored_formula(index) else {
            return false;
        };
        self.is_stamp(index) || formula.is_ok_and(|formula| names_stamp(&formula))
    }

    /// What a stored generated column is made of.
    fn stored_formula(&self, index: usize) -> Option<Result<Formula, Unevaluable>> {
        let column = self.definition.column(&self.layout.columns[index].name)?;
        let generated = column.generated.as_ref()?;
        generated
            .stored
            .then(|| evaluate::parse(&generated.expression))
    }

    /// Those of all columns, with what they are made of where that is known.
    fn zoned(&self) -> Vec<(usize, Formula)> {
        let all = 0..self.layout.columns.len();
        let zoned = all.filter(|&index| self.has_time_of_day(index));
        zoned
            .filter_map(|index| Some((index, self.stored_formula(index)?.ok()?)))
            .collect()
    }

    /// Computes what rows store of the time of day in the session's zone.
    pub(super) fn compute_zoned(
        &mut self,
        view: &ScriptView<'_>,
        columns: &mut Vec<usize>,
        batch: &mut Batch,
    ) {
        let named = NamedTable::plain(view.database, &self.definition.name);
        for (index, formula) in self.zoned() {
            if columns.contains(&index) {
                continue;
            }
            let width = columns.len();
            batch.add_column(width, &Cell::Null);
            for at in 0..batch.rows() {
                let given = &batch.cells[at * (width + 1)..][..width];
                let mut row = TableRow::empty(view, self, &named);
                for (&own, cell) in columns.iter().zip(given) {
                    row.cells[own] = batch.value(cell);
                }
                let value = row.generated_by(index, &formula);
                let value = value.map_or(Value::Null, cell_of);
                batch.cells[at * (width + 1) + width] = batch.cell(value);
            }
            columns.push(index);
            self.given.insert(self.layout.columns[index].id);
        }
    }

    /// Whether an `ALTER` that has made a table of `before` has the server copy its rows, and so compute them anew.
    fn is_copied(&self, before: &TableDefinition) -> bool {
        self.definition.columns.iter().any(|column| {
            let was = before.columns.iter().find(|was| was.id == column.id);
            let stored = column.generated.as_ref().filter(|made| made.stored);
            match was {
                None => stored.is_some(),
                Some(was) => {
                    was.column_type != column.column_type || was.generated != column.generated
                }
            }
        })
    }
}

impl ImportStorage<'_> {
    /// Behind an `ALTER` of the table at `index`, which was `before`.
    pub(super) fn compute_altered(
        &mut self,
        index: usize,
        before: &TableDefinition,
    ) -> Result<(), LoadError> {
        let table = &self.tables[index];
        if table.created.is_none() || table.rows == 0 || !table.is_copied(before) {
            return Ok(());
        }
        let zoned = table.zoned();
        let given =
            |(index, _): &(usize, Formula)| table.given.contains(&table.layout.columns[*index].id);
        if zoned.is_empty() || self.session.zone() == 0 && !zoned.iter().any(given) {
            return Ok(());
        }
        self.settle_layouts()?;
        for (column, formula) in zoned {
            self.compute_column(index, column, &formula)?;
            let table = &mut self.tables[index];
            table.given.insert(table.layout.columns[column].id);
        }
        Ok(())
    }

    /// Gives all rows their values of a generated column; NULL where they are not known.
    fn compute_column(
        &self,
        index: usize,
        column: usize,
        formula: &Formula,
    ) -> Result<(), LoadError> {
        let table = &self.tables[index];
        let Some(row_name) = table.row_name() else {
            return Ok(());
        };
        let failed = |cause: rusqlite::Error| table.sqlite(&cause);
        let view = ScriptView {
            session: &self.session,
            connection: self.connection,
            tables: [&self.tables, &[], &[]],
            database: table.definition.database.as_deref(),
            outer: None,
            answers: None,
        };
        let named = NamedTable::plain(view.database, &table.definition.name);
        let own = quoted(&table.layout.columns[column].name);
        let sql = format!(
            "UPDATE {} SET {own} = ? WHERE {row_name} = ?",
            quoted(&table.name)
        );
        let mut after = i64::MIN;
        loop {
            let scan = Scan {
                table,
                named: &named,
                filter: None,
                columns: (0..table.layout.columns.len()).collect(),
                piece: Some((after, PIECE)),
                asked: 0,
            };
            let mut values = Vec::new();
            let last = view.scan(&scan, &mut |row| {
                let value = row.generated_by(column, formula);
                values.push((value.unwrap_or(SqlValue::Null), row.id));
                Ok(ControlFlow::Continue(()))
            });
            let mut update = self.connection.prepare_cached(&sql).map_err(failed)?;
            for value in values {
                update.execute(value).map_err(failed)?;
            }
            match last {
                Ok(Some(last)) => after = last,
                _ => return Ok(()),
            }
        }
    }
}
