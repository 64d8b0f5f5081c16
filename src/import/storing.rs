//! The rows of one `INSERT` into a table of an import, step by step.
//!
//! This file is the sequence: numbers for rows without one, computed values, wider columns, what becomes of
//! duplicates, then the insertion. The steps that are longer have files of their own, and none of them
//! knows this one.

use std::sync::Arc;

use rusqlite::{Connection, ErrorCode};

use super::layout::{implicit_default, value_sql};
use super::names::Names;
use super::query::ScriptView;
use super::resolve::{DEFAULT_TIME, Resolver};
use super::table::ImportTable;
use crate::dump::{InsertHeader, OnConflict, Position, Repertoire, Value, ValueType};
use crate::load::LoadError;
use crate::load::batch::{Batch, Bound, Cell};
use crate::load::error::{mismatch, row_error};
use crate::load::feed::InsertedRows;
use crate::load::insertion::{Conflict, Insertion, Refused};

/// What is noted of texts with characters that their column does not have.
const LETTERS: &str = "with characters that its character set does not have, which are ? as on a server that is not strict";

/// What is noted of rows that get a default which is not known.
pub(super) const NO_DEFAULT: &str = "of a DEFAULT that is not known, stored as if there were none";

/// Rows that were changed so far.
fn total_changes(connection: &Connection) -> u64 {
    connection.total_changes()
}

/// What the reading side has to tell of the values of a batch.
fn changes_of(columns: &[usize], batch: &Batch) -> Vec<(Position, usize, String)> {
    let told = batch.changes.iter().map(|changed| {
        let position = batch.places[changed.row].position;
        let what = changed.change.told().to_owned();
        (position, columns[changed.column], what)
    });
    told.collect()
}

impl ImportTable {
    /// Stores rows; gives the batch back for the next ones.
    pub(super) fn store(
        &mut self,
        view: &ScriptView<'_>,
        names: &mut Names,
        input: &str,
        rows: InsertedRows,
    ) -> Result<Batch, LoadError> {
        let connection = view.connection;
        let InsertedRows {
            header,
            upsert,
            unforeseen,
            mut batch,
        } = rows;
        if self.created.as_ref() != Some(&self.layout) {
            self.rebuild(connection, names)?;
        }
        let width = batch.cells.len() / batch.rows().max(1);
        let mut columns = self.columns(&header, width)?;
        self.see_generated(&columns, &batch);
        self.write_stamps(view.session, input, &columns, &mut batch);
        let place = Resolver {
            connection,
            input,
            view,
        };
        let asked = batch.rows();
        place.leave_out_forbidden(self, &header, &columns, &mut batch);
        let numbered = self.numbered_index();
        let is_counted = numbered.is_some_and(|index| !columns.contains(&index));
        let by_row = upsert.is_some()
            || self.replaced.is_some()
            || self.ignores_by_row(&header, &columns, &batch);
        if upsert.is_some() {
            self.held = Some(changes_of(&columns, &batch));
        }
        if by_row {
            self.mark_numbers(&header, &mut columns, &mut batch);
        } else {
            self.number_rows(&place, &header, &mut columns, &mut batch)?;
        }
        self.add_row_defaults(&mut columns, &mut batch);
        if batch.unresolved {
            place.resolve(self, &columns, &mut batch)?;
        }
        self.widen(connection, names, &columns, &mut batch)?;
        if batch.nulls != 0 {
            self.fill_nulls(&place, &header, &columns, &mut batch);
        }
        // Once more, with what was computed and filled in.
        place.leave_out_forbidden(self, &header, &columns, &mut batch);
        let unused = if is_counted { asked - batch.rows() } else { 0 };
        if view.session.zone() != 0 && self.has_generated() {
            self.compute_zoned(view, &mut columns, &mut batch);
        }
        if batch.has_letters() {
            self.keep_letters(input, &columns, &mut batch);
        }
        if by_row {
            self.make_unique_keys(connection, names, header.position)?;
            self.recount = true;
            self.see_merging(input, &header);
            self.see_keys(connection, &columns, &batch)
                .map_err(|cause| self.sqlite(&cause))?;
            let how = (&*header, upsert.as_ref());
            self.upsert(&place, names, how, &columns, &batch)?;
            self.rows += batch.rows() as u64;
            if batch.rows() > 0 {
                self.pass_over(unused);
            }
            return Ok(batch);
        }
        let conflict = self.conflict(connection, names, &header)?;
        if conflict != Conflict::Fail {
            self.recount = true;
            self.see_merging(input, &header);
        }
        self.see_keys(connection, &columns, &batch)
            .map_err(|cause| self.sqlite(&cause))?;
        let before = total_changes(connection);
        let constants = self.constants(&place, &columns, &batch);
        let insertion = Insertion {
            table: &self.name,
            columns: columns
                .iter()
                .map(|&index| self.layout.columns[index].name.as_str())
                .collect(),
            constants: constants
                .iter()
                .map(|(name, sql)| (name.as_str(), sql.clone()))
                .collect(),
            conflict,
        };
        let stored = insertion.store(connection, &batch);
        stored.map_err(|refused| self.refused_row(input, &batch, unforeseen, refused))?;
        let stored = total_changes(connection) - before;
        view.session.end_insert(stored >= batch.rows() as u64);
        self.rows += batch.rows() as u64;
        if batch.rows() > 0 {
            self.pass_over(unused);
        }
        Ok(batch)
    }

    /// Why a row was not stored. `unforeseen`: what stands behind the rows was not known.
    fn refused_row(
        &self,
        input: &str,
        batch: &Batch,
        unforeseen: bool,
        refused: Refused,
    ) -> LoadError {
        let place = &batch.places[refused.row];
        let cause = refused.cause;
        let twice = cause.sqlite_error_code() == Some(ErrorCode::ConstraintViolation);
        if unforeseen && twice {
            let reason = format!(
                "{cause}. If the INSERT ends with ON DUPLICATE KEY UPDATE, it is too long to be imported from a pipe: \
                 import it from a file"
            );
            return mismatch(input, place.position, &self.definition.name, reason);
        }
        row_error(input, &self.definition.name, place, cause)
    }

    fn has_generated(&self) -> bool {
        let mut columns = self.definition.columns.iter();
        columns.any(|column| column.generated.is_some())
    }

    /// Notes the first statement whose rows are merged with others.
    fn see_merging(&mut self, input: &str, header: &InsertHeader) {
        let place = || (input.to_owned(), header.position);
        self.merged.get_or_insert_with(place);
    }

    /// Notes which generated columns the rows give values for.
    fn see_generated(&mut self, columns: &[usize], batch: &Batch) {
        for column in &self.definition.columns {
            if column.generated.is_none() {
                continue;
            }
            let id = column.id;
            let at = columns
                .iter()
                .position(|&index| self.layout.columns[index].id == id);
            let Some(at) = at else {
                self.absent.insert(id);
                continue;
            };
            for cell in batch.cells.iter().skip(at).step_by(columns.len()) {
                match cell {
                    Cell::Default | Cell::Omitted => self.absent.insert(id),
                    _ => self.given.insert(id),
                };
            }
        }
    }

    /// Indexes of the header's columns in the layout; `width` is the values of a row.
    fn columns(&self, header: &Arc<InsertHeader>, width: usize) -> Result<Vec<usize>, LoadError> {
        let Some(columns) = &header.columns else {
            let own = self.layout.columns.len();
            if own != width {
                let reason = format!("a row of {width} values for {own} columns");
                return Err(self.wrong(header.position, reason));
            }
            return Ok((0..own).collect());
        };
        let twice = columns.iter().enumerate().find(|(at, name)| {
            columns[..*at]
                .iter()
                .any(|other| other.eq_ignore_ascii_case(name))
        });
        if let Some((_, name)) = twice {
            let reason = format!("column {name} is named twice");
            return Err(self.wrong(header.position, reason));
        }
        let index_of = |name: &String| {
            self.layout.index_of(name).ok_or_else(|| {
                self.wrong(header.position, format!("the table has no column {name}"))
            })
        };
        columns.iter().map(index_of).collect()
    }

    /// NULL where it is not allowed: `INSERT IGNORE`, and a server that is not strict in an `INSERT` of
    /// several rows, store the implicit default; a `TIMESTAMP` takes the time.
    fn fill_nulls(
        &mut self,
        place: &Resolver<'_>,
        header: &InsertHeader,
        columns: &[usize],
        batch: &mut Batch,
    ) {
        let ignores = header.on_conflict == OnConflict::Ignore;
        let numbered = self.numbered_index();
        for (at, &index) in columns.iter().enumerate() {
            let column = &self.layout.columns[index];
            let may = batch.nulls >> (at % 64) & 1 == 1;
            let counts = self.layout.rowid == Some(index) || numbered == Some(index);
            if !may || !column.not_null || counts {
                continue;
            }
            let definition = self.definition.column(&column.name);
            let stamp = definition.is_some_and(|column| column.column_type.name == "TIMESTAMP");
            let filler = match column.kind {
                ValueType::DateTime(fraction) if stamp => {
                    place.view.session.time_in(self, index, fraction)
                }
                ref kind => implicit_default(kind),
            };
            let filler = batch.cell(filler);
            for row in 0..batch.rows() {
                let cell = &mut batch.cells[row * columns.len() + at];
                let origin = batch.places[row];
                if *cell != Cell::Null || (origin.alone && !ignores && !stamp) {
                    continue;
                }
                *cell = filler.clone();
                let what = match (stamp, ignores) {
                    (true, _) if place.view.session.knows_time() => continue,
                    (true, _) => "of NULL in TIMESTAMP NOT NULL settled at the time of the import",
                    (false, true) => continue,
                    (false, false) => {
                        "of NULL in NOT NULL, stored as a server that is not strict would"
                    }
                };
                self.settle(index, what.to_owned(), place.input, origin.position);
            }
        }
    }

    /// Puts question marks in the place of characters that the columns' sets do not have.
    fn keep_letters(&mut self, input: &str, columns: &[usize], batch: &mut Batch) {
        let sets = columns.iter().map(|&index| self.repertoire(index));
        let sets: Vec<Repertoire> = sets.collect();
        // Once for all columns of a set, and at once for all texts: nearly always they fit.
        let mut lacking: Vec<usize> = Vec::new();
        for (at, set) in sets.iter().enumerate() {
            let is_same = |other: &Repertoire| set.holds(other) && other.holds(set);
            let lacks = match sets[..at].iter().position(is_same) {
                Some(first) => lacking.contains(&first),
                None => !batch.is_within(set),
            };
            if lacks {
                lacking.push(at);
            }
        }
        for at in lacking {
            let set = &sets[at];
            for row in 0..batch.rows() {
                let cell = row * columns.len() + at;
                let Bound::Text(text) = batch.bound(&batch.cells[cell]) else {
                    continue;
                };
                let Some(known) = set.cut(text) else {
                    continue;
                };
                batch.cells[cell] = batch.cell(Value::Text(known.into()));
                let position = batch.places[row].position;
                self.settle(columns[at], LETTERS.to_owned(), input, position);
            }
        }
    }

    /// Makes a column TEXT when a number is too large for an INTEGER.
    fn widen(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        columns: &[usize],
        batch: &mut Batch,
    ) -> Result<(), LoadError> {
        for (at, &index) in columns.iter().enumerate() {
            let column = &self.layout.columns[index];
            if !matches!(column.kind, ValueType::Unsigned | ValueType::Bits) {
                continue;
            }
            let id = column.id;
            if column.storage != "TEXT" {
                let mut cells = batch.cells.iter().skip(at).step_by(columns.len());
                if !cells.any(|cell| matches!(cell, Cell::Text(..))) {
                    continue;
                }
                self.widened.insert(id);
                self.redefine(self.definition.clone())?;
                self.rebuild(connection, names)?;
            }
            batch.integers_to_text(at, columns.len());
        }
        Ok(())
    }

    /// Columns that the rows give no values for, with the SQL of what they hold then.
    fn constants(
        &mut self,
        place: &Resolver<'_>,
        columns: &[usize],
        batch: &Batch,
    ) -> Vec<(String, String)> {
        let mut constants = Vec::new();
        for index in 0..self.layout.columns.len() {
            if columns.contains(&index) {
                continue;
            }
            let sql = match (self.takes_time(index), batch.places.first()) {
                (Some(fraction), Some(first)) => {
                    let session = place.view.session;
                    if !session.knows_time() {
                        let rows = batch.rows() as u64;
                        let what = DEFAULT_TIME.to_owned();
                        self.settle_rows(index, what, place.input, first.position, rows);
                    }
                    value_sql(&session.time_in(self, index, fraction))
                }
                (_, first) => {
                    if let Some(first) = first
                        && self.lacks_default(index)
                    {
                        let (what, rows) = (NO_DEFAULT.to_owned(), batch.rows() as u64);
                        self.settle_rows(index, what, place.input, first.position, rows);
                    }
                    self.default_of(index)
                }
            };
            if let Some(sql) = sql {
                constants.push((self.layout.columns[index].name.clone(), sql));
            }
        }
        constants
    }
}
