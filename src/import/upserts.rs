//! `INSERT … ON DUPLICATE KEY UPDATE`, row by row; also `INSERT IGNORE`, where it numbers rows, and `REPLACE`, where
//! rows of other tables go with those that are replaced.
//!
//! A row is stored unless a unique key has its values already. Then the row that the server's first such key finds
//! is changed, by the evaluator, as an `UPDATE` would change it. What the values of rows are is decided before
//! (`storing`), what assignments make of a row by `assigning`.

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params_from_iter};

use super::assigning::{ChangedColumns, RowNotes, default_value};
use super::keys::{in_server_order, index_part};
use super::names::Names;
use super::query::ScriptView;
use super::resolve::Resolver;
use super::table::ImportTable;
use super::table_row::{ProposedRow, TableRow, is_computed};
use crate::dump::{InsertHeader, KeyPart, OnConflict, Position, Upsert};
use crate::evaluate::{self, Assignment, Formula, NamedTable, Unevaluable};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::batch::{Batch, RowPosition};
use crate::load::error::{mismatch, row_error};

/// What is noted where a server may have changed another row.
const ORDER: &str =
    "in a row that is found by two unique keys, of which a server may take the other one";

/// How the row is found that has the values of a unique key.
struct KeyLookup {
    sql: String,
    /// The columns whose values are the parameters.
    parameters: Vec<usize>,
}

/// What is the same for all rows of a statement.
struct UpsertPlan<'u> {
    header: &'u InsertHeader,
    /// Nothing is done about rows that are there without it.
    upsert: Option<&'u Upsert>,
    /// What the table is called in expressions.
    named: NamedTable,
    assignments: Option<Result<Vec<Assignment>, Unevaluable>>,
    /// The names of the new row's columns.
    renamed: Vec<(String, usize)>,
    insert: String,
    /// All columns.
    columns: Vec<usize>,
    keys: Vec<KeyLookup>,
    /// The first key is the primary one, which is the first on servers too.
    has_primary: bool,
    /// Which of the others comes first on a server depends on how they were added.
    is_unordered: bool,
    /// Generated columns that are part of a key.
    key_computed: Vec<usize>,
    /// A row by its name in SQLite.
    select: String,
}

/// The row that has the values of a unique key.
struct FoundRow {
    id: i64,
    by_primary: bool,
    /// It is found by another key than the primary one, and one behind that finds another row.
    is_one_of_two: bool,
}

/// What becomes of a row that is there.
struct ChangedRow {
    /// All its cells; nothing if it stays as it is.
    cells: Option<Vec<Value>>,
    /// As they were, where rows of other tables refer to them.
    before: Option<Vec<Value>>,
    columns: Vec<usize>,
    notes: RowNotes,
}

impl ImportTable {
    /// Stores the rows of a batch, whose values are settled but for the numbers of `AUTO_INCREMENT`.
    pub(super) fn upsert(
        &mut self,
        place: &Resolver<'_>,
        names: &mut Names,
        (header, upsert): (&InsertHeader, Option<&Upsert>),
        columns: &[usize],
        batch: &Batch,
    ) -> Result<(), LoadError> {
        let plan = self
            .upsert_plan(header, upsert)
            .map_err(|reason| refused(place, header, upsert, &reason))?;
        self.fill_keys(place.view, &plan)?;
        let (defaults, default_notes) = self.defaults_of_rows(place, &plan, columns)?;
        let session = place.view.session;
        let numbered = self.begin_numbers(place.connection, header, columns, batch)?;
        let mut held = HeldNotes::new(self.held.take(), batch);
        for row in 0..batch.rows() {
            let origin = batch.places[row];
            if numbered.is_some() && (row == 0 || origin.first) {
                session.end_insert(true);
                self.begin_statement(session, batch, row, upsert.is_some());
            }
            let mut cells = defaults.clone();
            let given = &batch.cells[row * columns.len()..(row + 1) * columns.len()];
            for (&index, cell) in columns.iter().zip(given) {
                cells[index] = batch.value(cell);
            }
            let asked = match &numbered {
                Some(numbered) => {
                    self.take_number((place.connection, session), header, numbered, &mut cells)?
                }
                None => false,
            };
            // Rows that are ignored are found by the other keys then, as where no row is dealt with alone.
            if let Err(reason) = self.compute_keys(place.view, &plan, &mut cells)
                && (upsert.is_some() || self.replaced.is_some())
            {
                return Err(plan.refused(place, &reason));
            }
            let mut is_stored = self.insert_row(place, &plan, &cells, &origin)?;
            while !is_stored && self.remove_replaced(place, &plan, &cells)? {
                is_stored = self.insert_row(place, &plan, &cells, &origin)?;
            }
            if let Some(numbered) = &numbered {
                self.end_number(session, numbered, &cells, (is_stored, asked));
            }
            if is_stored {
                for (index, what) in &default_notes {
                    self.settle(*index, what.clone(), place.input, origin.position);
                }
            } else if upsert.is_some() {
                self.change_found(place, names, &plan, &mut cells, &origin)?;
            }
            for (position, index, what) in held.of_row(row) {
                if is_stored || plan.reads_proposed(self, index) {
                    self.settle(index, what, place.input, position);
                }
            }
        }
        session.end_insert(true);
        Ok(())
    }

    fn upsert_plan<'u>(
        &self,
        header: &'u InsertHeader,
        upsert: Option<&'u Upsert>,
    ) -> Result<UpsertPlan<'u>, Unevaluable> {
        let all: Vec<usize> = (0..self.layout.columns.len()).collect();
        let column_names: Vec<String> = self
            .layout
            .columns
            .iter()
            .map(|column| quoted(&column.name))
            .collect();
        let marks = vec!["?"; all.len()].join(", ");
        let row_name = self.row_name().ok_or("a table whose rows have no name")?;
        let mut key_computed = Vec::new();
        let mut keys = Vec::new();
        let ordered = in_server_order(&self.definition);
        for parts in &ordered {
            for part in *parts {
                let index = part.column().and_then(|name| self.layout.index_of(name));
                key_computed.extend(index.filter(|&index| is_computed(self, index)));
            }
            if upsert.is_some() || self.replaced.is_some() {
                keys.push(self.key_lookup(parts, &row_name)?);
            }
        }
        let renamed = upsert.map_or(&[][..], |upsert| &upsert.alias_columns);
        let renamed = renamed.iter().cloned();
        let given = header.columns.as_deref().unwrap_or_default();
        let indexes = given.iter().map(|name| self.layout.index_of(name));
        Ok(UpsertPlan {
            header,
            upsert,
            named: NamedTable::plain(header.database.as_deref(), &header.table),
            assignments: upsert.map(|upsert| evaluate::assignments(&upsert.assignments)),
            renamed: renamed
                .zip(indexes)
                .filter_map(|(name, index)| Some((name, index?)))
                .collect(),
            insert: format!(
                "INSERT INTO {} ({}) VALUES ({marks}) ON CONFLICT DO NOTHING",
                quoted(&self.name),
                column_names.join(", ")
            ),
            select: format!(
                "SELECT {} FROM {} WHERE {row_name} = ?",
                column_names.join(", "),
                quoted(&self.name)
            ),
            columns: all,
            keys,
            is_unordered: self.last_altered.is_some(),
            has_primary: !self.definition.primary_key.is_empty(),
            key_computed,
        })
    }

    fn key_lookup(&self, parts: &[KeyPart], row_name: &str) -> Result<KeyLookup, Unevaluable> {
        let mut parameters = Vec::new();
        let mut conditions = Vec::new();
        for part in parts {
            let sql = index_part(self, part, true)?;
            let sql = sql.strip_suffix(" DESC").unwrap_or(&sql);
            let plain = part.column().and_then(|name| self.layout.index_of(name));
            match plain.filter(|&index| sql == quoted(&self.layout.columns[index].name)) {
                Some(index) => {
                    parameters.push(index);
                    conditions.push(format!("{sql} = ?"));
                }
                None => {
                    // The same of the new row.
                    let columns = self.layout.columns.iter();
                    let row = columns.map(|column| format!("? AS {}", quoted(&column.name)));
                    let row = row.collect::<Vec<_>>().join(", ");
                    parameters.extend(0..self.layout.columns.len());
                    conditions.push(format!("{sql} = (SELECT {sql} FROM (SELECT {row}))"));
                }
            }
        }
        let sql = format!(
            "SELECT {row_name} FROM {} WHERE {}",
            quoted(&self.name),
            conditions.join(" AND ")
        );
        Ok(KeyLookup { sql, parameters })
    }

    /// The cells of a row for the columns that no row gives, and what is noted of them.
    fn defaults_of_rows(
        &self,
        place: &Resolver<'_>,
        plan: &UpsertPlan<'_>,
        columns: &[usize],
    ) -> Result<(Vec<Value>, RowNotes), LoadError> {
        let empty = TableRow::empty(place.view, self, &plan.named);
        let (mut cells, mut notes) = (empty.cells.clone(), Vec::new());
        for index in plan.columns.iter().copied() {
            if columns.contains(&index) || is_computed(self, index) {
                continue;
            }
            let default =
                default_value(&empty, index).map_err(|reason| plan.refused(place, &reason))?;
            notes.extend(default.notes.into_iter().map(|what| (index, what)));
            cells[index] = default.value;
        }
        Ok((cells, notes))
    }

    /// Gives the generated columns of keys their values in rows that have none yet.
    fn fill_keys(&self, view: &ScriptView<'_>, plan: &UpsertPlan<'_>) -> Result<(), LoadError> {
        for &index in &plan.key_computed {
            let (own, table) = (quoted(&self.layout.columns[index].name), quoted(&self.name));
            let Some(row_name) = self.row_name() else {
                continue;
            };
            let sqlite = |cause: rusqlite::Error| self.sqlite(&cause);
            let missing = format!("SELECT {row_name} FROM {table} WHERE {own} IS NULL");
            let mut missing = view.connection.prepare(&missing).map_err(sqlite)?;
            let ids = missing.query_map([], |row| row.get(0)).map_err(sqlite)?;
            let ids: Vec<i64> = ids.collect::<Result<_, _>>().map_err(sqlite)?;
            for id in ids {
                let mut cells = plan.row(view.connection, id).map_err(sqlite)?;
                if self.compute_keys(view, plan, &mut cells).is_err() {
                    continue;
                }
                let update = format!("UPDATE {table} SET {own} = ? WHERE {row_name} = ?");
                view.connection
                    .prepare_cached(&update)
                    .and_then(|mut update| update.execute((&cells[index], id)))
                    .map_err(sqlite)?;
            }
        }
        Ok(())
    }

    /// Computes the generated columns of keys.
    fn compute_keys(
        &self,
        view: &ScriptView<'_>,
        plan: &UpsertPlan<'_>,
        cells: &mut Vec<Value>,
    ) -> Result<(), Unevaluable> {
        for &index in &plan.key_computed {
            let row = TableRow {
                cells: std::mem::take(cells),
                ..TableRow::empty(view, self, &plan.named)
            };
            let value = row.generated_cell(index);
            *cells = row.cells;
            cells[index] = value?;
        }
        Ok(())
    }

    /// Stores a row; whether no key of it was there already.
    fn insert_row(
        &self,
        place: &Resolver<'_>,
        plan: &UpsertPlan<'_>,
        cells: &[Value],
        origin: &RowPosition,
    ) -> Result<bool, LoadError> {
        let stored = place
            .connection
            .prepare_cached(&plan.insert)
            .and_then(|mut insert| insert.execute(params_from_iter(cells)));
        stored
            .map(|rows| rows > 0)
            .map_err(|cause| row_error(place.input, &self.definition.name, origin, cause))
    }

    /// Removes a row that a new one takes the place of; whether there is one.
    fn remove_replaced(
        &mut self,
        place: &Resolver<'_>,
        plan: &UpsertPlan<'_>,
        cells: &[Value],
    ) -> Result<bool, LoadError> {
        if self.replaced.is_none() {
            return Ok(false);
        }
        let sql = format!(
            "DELETE FROM {} WHERE {} = ?",
            quoted(&self.name),
            self.row_name().unwrap_or_default()
        );
        let run = || {
            let Some(found) = plan.found(place.connection, cells)? else {
                return Ok(None);
            };
            let row = plan.row(place.connection, found.id)?;
            let mut delete = place.connection.prepare_cached(&sql)?;
            delete.execute([found.id])?;
            Ok(Some(row))
        };
        let row = run().map_err(|cause: rusqlite::Error| self.sqlite(&cause))?;
        let is_found = row.is_some();
        self.replaced
            .iter_mut()
            .for_each(|rows| rows.extend(row.clone()));
        Ok(is_found)
    }

    /// Changes the row that is there in the place of the new one.
    fn change_found(
        &mut self,
        place: &Resolver<'_>,
        names: &mut Names,
        plan: &UpsertPlan<'_>,
        cells: &mut [Value],
        origin: &RowPosition,
    ) -> Result<(), LoadError> {
        let refused = |reason: Unevaluable| plan.refused(place, &reason);
        let found = plan.found(place.connection, cells);
        let found = found.map_err(|cause| self.sqlite(&cause))?;
        let found = found.ok_or_else(|| refused("a key that finds no row".to_owned()))?;
        let mut id = found.id;
        let changed = self
            .changed(place, plan, cells, id, origin)
            .map_err(refused)?;
        let Some(mut new) = changed.cells else {
            return Ok(());
        };
        if found.is_one_of_two && plan.is_unordered {
            let first = changed.columns.first().copied().unwrap_or_default();
            self.settle(first, ORDER.to_owned(), place.input, origin.position);
        }
        let too_large = |index: &&usize| self.is_too_large(**index, &new[**index]);
        let wide: Vec<usize> = changed.columns.iter().filter(too_large).copied().collect();
        if !wide.is_empty() {
            for index in wide {
                self.widened.insert(self.layout.columns[index].id);
            }
            self.redefine(self.definition.clone())?;
            self.rebuild(place.connection, names)?;
            self.make_unique_keys(place.connection, names, plan.header.position)?;
            for row in [&mut *cells, new.as_mut_slice()] {
                for (index, value) in row.iter_mut().enumerate() {
                    *value = self.as_stored(index, std::mem::replace(value, Value::Null));
                }
            }
            let found = plan.found(place.connection, cells);
            let found = found.map_err(|cause| self.sqlite(&cause))?;
            id = found.map_or(id, |found| found.id);
        }
        let updated = self.update_row(place.connection, &changed.columns, &new, id);
        match updated {
            Ok(()) => {}
            Err(cause)
                if plan.header.on_conflict == OnConflict::Ignore
                    && cause.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) =>
            {
                return Ok(());
            }
            Err(cause) => {
                return Err(row_error(place.input, &self.definition.name, origin, cause));
            }
        }
        if let Some((moved, before)) = self.moved.as_mut().zip(changed.before) {
            moved.push((before, new.clone()));
        }
        self.see_changed(&new);
        for (index, what) in changed.notes {
            self.settle(index, what, place.input, origin.position);
        }
        for index in changed.columns {
            if is_computed(self, index) {
                self.absent.insert(self.layout.columns[index].id);
            }
            self.number_assigned(index, &new[index]);
        }
        Ok(())
    }

    /// What the assignments make of the row `id`.
    fn changed(
        &mut self,
        place: &Resolver<'_>,
        plan: &UpsertPlan<'_>,
        proposed: &[Value],
        id: i64,
        origin: &RowPosition,
    ) -> Result<ChangedRow, Unevaluable> {
        let assignments = match &plan.assignments {
            Some(assignments) => assignments.as_ref().map_err(Clone::clone)?,
            None => &Vec::new(),
        };
        let refuses_null = origin.alone && plan.header.on_conflict != OnConflict::Ignore;
        let columns = ChangedColumns::of(self, assignments, refuses_null)?;
        if columns.counts(self) {
            self.remember_number(place.connection)
                .map_err(|error| error.to_string())?;
        }
        let cells = plan
            .row(place.connection, id)
            .map_err(|cause| cause.to_string())?;
        let before = self.moved.is_some().then(|| cells.clone());
        let mut row = TableRow {
            id,
            cells,
            proposed: Some(ProposedRow {
                cells: proposed,
                alias: plan.upsert.and_then(|upsert| upsert.alias.as_deref()),
                columns: &plan.renamed,
            }),
            ..TableRow::empty(place.view, self, &plan.named)
        };
        let Some(notes) = columns.change(&mut row)? else {
            return Ok(ChangedRow {
                cells: None,
                before: None,
                columns: Vec::new(),
                notes: Vec::new(),
            });
        };
        let mut cells = row.cells;
        self.compute_keys(place.view, plan, &mut cells)?;
        Ok(ChangedRow {
            cells: Some(cells),
            before,
            columns: columns.all(),
            notes,
        })
    }

    /// Stores the cells of some columns of the row `id`.
    fn update_row(
        &self,
        connection: &Connection,
        columns: &[usize],
        cells: &[Value],
        id: i64,
    ) -> rusqlite::Result<()> {
        let sets: Vec<String> = columns
            .iter()
            .map(|&index| format!("{} = ?", quoted(&self.layout.columns[index].name)))
            .collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE {} = ?",
            quoted(&self.name),
            sets.join(", "),
            self.row_name().unwrap_or_default()
        );
        let id = Value::Integer(id);
        let values = columns.iter().map(|&index| &cells[index]).chain([&id]);
        let mut update = connection.prepare_cached(&sql)?;
        update.execute(params_from_iter(values)).map(drop)
    }
}

/// What is to be told of the values of rows, row by row.
struct HeldNotes(Vec<Vec<(Position, usize, String)>>);

impl HeldNotes {
    fn new(held: Option<Vec<(Position, usize, String)>>, batch: &Batch) -> Self {
        let mut rows = Vec::new();
        for note in held.into_iter().flatten() {
            rows.resize_with(batch.rows(), Vec::new);
            let behind = |place: &RowPosition| place.position.byte <= note.0.byte;
            let row = batch.places.partition_point(behind).saturating_sub(1);
            rows[row].push(note);
        }
        Self(rows)
    }

    fn of_row(&mut self, row: usize) -> Vec<(Position, usize, String)> {
        self.0.get_mut(row).map(std::mem::take).unwrap_or_default()
    }
}

impl UpsertPlan<'_> {
    /// Whether an assignment may use what was to be stored in the column at `index`.
    fn reads_proposed(&self, table: &ImportTable, index: usize) -> bool {
        let mut reads = self.upsert.is_some_and(|upsert| upsert.alias.is_some());
        let assignments = self.assignments.iter().flatten().flatten();
        for formula in assignments.filter_map(|(_, value)| value.as_ref()) {
            formula.parts(&mut |part| {
                reads |= matches!(part, Formula::Proposed(name)
                    if table.layout.index_of(name) == Some(index));
            });
        }
        reads
    }

    /// The cells of the row `id`.
    fn row(&self, connection: &Connection, id: i64) -> rusqlite::Result<Vec<Value>> {
        let width = self.columns.len();
        let mut select = connection.prepare_cached(&self.select)?;
        select.query_row([id], |row| (0..width).map(|at| row.get(at)).collect())
    }

    /// The row that has the values of a unique key: of the first one, if there are several.
    fn found(
        &self,
        connection: &Connection,
        cells: &[Value],
    ) -> rusqlite::Result<Option<FoundRow>> {
        let mut found: Option<FoundRow> = None;
        for (at, key) in self.keys.iter().enumerate() {
            let mut select = connection.prepare_cached(&key.sql)?;
            let parameters = key.parameters.iter().map(|&index| &cells[index]);
            let id: Option<i64> = select
                .query_row(params_from_iter(parameters), |row| row.get(0))
                .optional()?;
            match (&mut found, id) {
                (None, Some(id)) => {
                    found = Some(FoundRow {
                        id,
                        by_primary: self.has_primary && at == 0,
                        is_one_of_two: false,
                    });
                }
                (Some(first), Some(id)) if first.id != id => {
                    first.is_one_of_two = !first.by_primary;
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn refused(&self, place: &Resolver<'_>, reason: &str) -> LoadError {
        refused(place, self.header, self.upsert, reason)
    }
}

fn refused(
    place: &Resolver<'_>,
    header: &InsertHeader,
    upsert: Option<&Upsert>,
    reason: &str,
) -> LoadError {
    let (statement, position) = match upsert {
        Some(upsert) => ("ON DUPLICATE KEY UPDATE", upsert.assignments.position),
        None if header.on_conflict == OnConflict::Replace => ("REPLACE", header.position),
        None => ("INSERT IGNORE", header.position),
    };
    mismatch(
        place.input,
        position,
        &header.table,
        format!("{statement} uses {reason}"),
    )
}
