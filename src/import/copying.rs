//! `INSERT … SELECT`, `REPLACE … SELECT` and the rows of `CREATE TABLE … SELECT`.
//!
//! Rows of another table are read in pieces and stored as those of any `INSERT`. Where their order decides
//! something (numbers, duplicates), it is that of the primary key, which is noted where a server may take another.

use std::ops::ControlFlow;
use std::sync::Arc;

use rusqlite::types::Value as SqlValue;

use super::computed::{by_server, cell_of};
use super::dumped_tables::ImportStorage;
use super::inner_queries::Answers;
use super::numbering::reserved;
use super::query::{Scan, ScriptView};
use super::script::{Obstacle, ScriptPlace};
use super::server_order::has_one_order;
use super::session::ScriptSession;
use super::table::ImportTable;
use super::table_row::{TableRow, columns_of, datum_of};
use crate::dump::{InsertHeader, OnConflict, SourceText, Upsert};
use crate::evaluate::{
    self, Datum, Formula, NamedTable, SelectQuery, SelectedItem, Surroundings, Unevaluable,
};
use crate::load::LoadError;
use crate::load::batch::{Batch, Cell, RowPosition};
use crate::load::error::mismatch;
use crate::load::feed::InsertedRows;
use crate::load::note::NoteClass;

/// Rows that are read at once.
const PIECE: usize = 2000;

/// Rows on their way into a table.
struct CopiedRows<'c> {
    /// The columns of the table that they go to.
    columns: Arc<[usize]>,
    batch: Batch,
    count: u64,
    place: ScriptPlace<'c>,
    /// What is noted of values, by column.
    settled: Vec<(usize, String)>,
    upsert: Option<Upsert>,
}

impl ImportStorage<'_> {
    pub(super) fn insert_selected(
        &mut self,
        place: ScriptPlace<'_>,
        header: &InsertHeader,
        source: &SourceText,
    ) -> Result<(), Obstacle> {
        let (query, assignments) = evaluate::selected_rows(source)?;
        let named = NamedTable::plain(header.database.as_deref(), &header.table);
        let Some(index) = self.target(place, &named)? else {
            return Ok(());
        };
        let table = &self.tables[index];
        let columns = header
            .columns
            .as_deref()
            .unwrap_or_default()
            .iter()
            .map(|name| {
                let index = table.layout.index_of(name);
                index.ok_or_else(|| {
                    let reason = format!("the table has no column {name}");
                    mismatch(place.input, place.position, &header.table, reason)
                })
            });
        let columns = columns.collect::<Result<Arc<[usize]>, LoadError>>()?;
        let numbered = table.numbered_index();
        let asks = numbered.is_some_and(|numbered| !columns.contains(&numbered));
        let upsert = assignments.map(|assignments| {
            let target = (header, &*columns);
            self.upsert_of_query(place, index, target, &query, assignments)
        });
        let upsert = upsert.transpose()?;
        let by_order =
            numbered.is_some() || header.on_conflict != OnConflict::Fail || upsert.is_some();
        let mut copied = CopiedRows {
            columns,
            batch: Batch::default(),
            count: 0,
            place,
            settled: Vec::new(),
            upsert,
        };
        self.session.begin_insert();
        let step = self.session.steps().step();
        self.whole(index, |storage| {
            storage.copy(index, header, &query, by_order, &mut copied)?;
            // An upsert has counted its gaps itself.
            let counts = asks && copied.upsert.is_none();
            if counts && copied.count > 0 && !storage.tables[index].definition.lasting {
                let table = &mut storage.tables[index];
                table.next_number = table.next_number.map(|next| {
                    let count = i64::try_from(copied.count).unwrap_or(i64::MAX);
                    let gap = reserved(count).saturating_sub(count);
                    next.saturating_add(gap.saturating_mul(step))
                });
            }
            Ok(())
        })?;
        for (column, what) in copied.settled {
            self.tables[index].settle(column, what, place.input, place.position);
        }
        if by_order && copied.count > 1 {
            self.note_order(place, header, &query);
        }
        Ok(())
    }

    /// Notes that a server may take the rows in another order, which makes a difference.
    fn note_order(&mut self, place: ScriptPlace<'_>, header: &InsertHeader, query: &SelectQuery) {
        let view = self.view(place);
        let is_open = |branch: &SelectQuery| {
            let named = branch.from.as_ref().filter(|_| branch.order.is_empty())?;
            let definition = &view.find(named).ok()?.definition;
            let one_order = has_one_order(definition);
            let is_plain = branch.joins.is_empty() && branch.group.is_empty();
            (!one_order || !is_plain).then_some(definition)
        };
        let Some(definition) = query.branches().find_map(is_open) else {
            return;
        };
        let what = format!(
            "INSERT INTO {} … SELECT: the rows of {} are taken in the order of its primary key, and a server \
             may take them in another",
            header.table, definition.name
        );
        self.note(place, NoteClass::Changed, what);
    }

    fn copy(
        &mut self,
        index: usize,
        header: &InsertHeader,
        query: &SelectQuery,
        by_order: bool,
        copied: &mut CopiedRows<'_>,
    ) -> Result<(), Obstacle> {
        let header = Arc::new(header.clone());
        let plain = query.order.is_empty()
            && query.limit.is_none()
            && query.joins.is_empty()
            && query.united.is_empty()
            && query.group.is_empty()
            && !query.distinct
            && !is_special(query);
        let Some(named) = query.from.as_ref().filter(|_| plain) else {
            let answers = Answers::default();
            let view = ScriptView {
                answers: Some(&answers),
                ..self.view(copied.place)
            };
            for row in view.select(query)? {
                let cells = row.iter().map(RowCell::Datum).collect::<Vec<_>>();
                copied.push(&self.session, &self.tables[index], &cells)?;
            }
            copied.note_server(query, &view);
            return self.store_copied(index, &header, copied);
        };
        let view = self.view(copied.place);
        let from = view.find(named)?;
        let is_own = std::ptr::eq(from, &self.tables[index]);
        let asks_own = self.asks_own(copied.place, index, query.formulas());
        let in_pieces = !by_order && !is_own && !asks_own;
        let answers = Answers::default();
        let mut after = i64::MIN;
        loop {
            let view = ScriptView {
                answers: Some(&answers),
                ..self.view(copied.place)
            };
            let from = view.find(named)?;
            let columns = if query
                .items
                .iter()
                .any(|item| matches!(item, SelectedItem::All))
            {
                (0..from.layout.columns.len()).collect()
            } else {
                query
                    .formulas()
                    .flat_map(|formula| columns_of(formula, from))
                    .collect()
            };
            let scan = Scan {
                table: from,
                named,
                filter: query.filter.as_ref(),
                columns,
                piece: in_pieces.then_some((after, PIECE)),
                asked: 0,
            };
            let target = &self.tables[index];
            let last = view.scan(&scan, &mut |row| {
                let cells = row_cells(&row, query)?;
                copied.push(view.session, target, &cells)?;
                Ok(ControlFlow::Continue(()))
            })?;
            copied.note_server(query, &view);
            self.store_copied(index, &header, copied)?;
            match last.filter(|_| in_pieces) {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    fn store_copied(
        &mut self,
        index: usize,
        header: &Arc<InsertHeader>,
        copied: &mut CopiedRows<'_>,
    ) -> Result<(), Obstacle> {
        if copied.batch.rows() == 0 {
            return Ok(());
        }
        let rows = InsertedRows {
            header: Arc::clone(header),
            upsert: copied.upsert.clone(),
            unforeseen: false,
            batch: std::mem::take(&mut copied.batch),
        };
        let stored = self.store(index, copied.place.input, rows);
        copied.batch = match stored {
            Err(LoadError::Mismatch { reason, .. }) if copied.upsert.is_some() => {
                return Err(reason.into());
            }
            stored => stored?,
        };
        copied.batch.clear();
        Ok(())
    }
}

/// A value of a row that is copied.
enum RowCell<'r> {
    Datum(&'r Datum),
    Computed(Datum),
    /// A cell of the column at this index of the table that it comes from.
    Own(&'r ImportTable, usize, SqlValue),
}

impl CopiedRows<'_> {
    /// Adds a row.
    fn push(
        &mut self,
        session: &ScriptSession,
        target: &ImportTable,
        cells: &[RowCell<'_>],
    ) -> Result<(), Unevaluable> {
        if cells.len() != self.columns.len() {
            return Err(format!(
                "{} values for {} columns",
                cells.len(),
                self.columns.len()
            ));
        }
        let columns = Arc::clone(&self.columns);
        for (at, (cell, &index)) in cells.iter().zip(&*columns).enumerate() {
            let cell = match cell {
                RowCell::Datum(datum) => self.fitted(target, index, datum)?,
                RowCell::Computed(datum) => self.fitted(target, index, datum)?,
                RowCell::Own(from, own, value) => {
                    let read = session.read_cell(from, *own, value);
                    let value = read.as_ref().unwrap_or(value);
                    let (kind, its) = (&target.layout.columns[index], &from.layout.columns[*own]);
                    let room = target.room(index) == from.room(*own);
                    if room && kind.kind == its.kind && kind.storage == its.storage {
                        self.batch.cell(cell_of(value.clone()))
                    } else {
                        let datum = datum_of(from, *own, value)?;
                        self.fitted(target, index, &datum)?
                    }
                }
            };
            if cell == Cell::Null {
                self.batch.nulls |= 1 << (at % 64);
            }
            self.batch.cells.push(cell);
        }
        self.count += 1;
        self.batch.places.push(RowPosition {
            position: self.place.position,
            ordinal: self.count,
            alone: false,
            first: self.count == 1,
        });
        Ok(())
    }

    fn fitted(
        &mut self,
        target: &ImportTable,
        index: usize,
        datum: &Datum,
    ) -> Result<Cell, Unevaluable> {
        let (value, unfit) = target.fitted(index, datum)?;
        if unfit {
            let what = "that did not fit, stored as a server that is not strict would";
            self.settled.push((index, what.to_owned()));
        }
        Ok(self.batch.cell(value))
    }

    /// Notes values that only a server could have computed.
    fn note_server(&mut self, query: &SelectQuery, view: &ScriptView<'_>) {
        let behind = view.session.take_by_server();
        let knows_time = view.session.knows_time();
        let asks = |formula: &Formula| by_server(formula, knows_time);
        let mut formulas = query.branches().flat_map(SelectQuery::formulas);
        if let Some(function) = formulas.find_map(asks).or(behind)
            && let Some(&first) = self.columns.first()
            && self.batch.rows() > 0
        {
            let asking = |item: &SelectedItem| matches!(item, SelectedItem::Value(formula) if asks(formula).is_some());
            let mut places = query
                .branches()
                .map(|branch| branch.items.iter().position(asking));
            let at = places.find_map(|at| at);
            let column = at
                .and_then(|at| self.columns.get(at))
                .copied()
                .unwrap_or(first);
            let what = format!("of {function}() settled at the time of the import");
            for _ in 0..self.batch.rows() {
                self.settled.push((column, what.clone()));
            }
        }
    }
}

/// What a query makes of a row; cells as they are where it names columns.
fn row_cells<'r>(
    row: &'r TableRow<'_>,
    query: &SelectQuery,
) -> Result<Vec<RowCell<'r>>, Unevaluable> {
    let mut cells = Vec::new();
    let own = |name: &str| -> Result<RowCell<'r>, Unevaluable> {
        match row.table.layout.index_of(name) {
            Some(index) if row.cells[index] != SqlValue::Null => {
                Ok(RowCell::Own(row.table, index, row.cells[index].clone()))
            }
            // It may be a generated column.
            _ => row
                .column(None, name)
                .map(RowCell::Computed)
                .or_else(|reason| {
                    let column = row.table.definition.column(name);
                    let plain = column.is_some_and(|column| column.generated.is_none());
                    if plain {
                        Ok(RowCell::Computed(Datum::NULL))
                    } else {
                        Err(reason)
                    }
                }),
        }
    };
    for item in &query.items {
        match item {
            SelectedItem::Value(Formula::Column(qualifier, name))
                if qualifier
                    .as_deref()
                    .is_none_or(|table| row.named.is_called(table)) =>
            {
                cells.push(own(name)?);
            }
            SelectedItem::Value(formula) => cells.push(RowCell::Computed(formula.evaluate(row)?)),
            SelectedItem::All => {
                for column in row
                    .table
                    .definition
                    .columns
                    .iter()
                    .filter(|column| !column.invisible)
                {
                    cells.push(own(&column.name)?);
                }
            }
        }
    }
    Ok(cells)
}

/// Whether a query is of all rows at once, or gives variables values on its way.
fn is_special(query: &SelectQuery) -> bool {
    let mut special = false;
    for formula in query.formulas() {
        formula.parts(&mut |part| {
            special |= part.is_total() || matches!(part, Formula::Assign(..));
        });
    }
    special
}
