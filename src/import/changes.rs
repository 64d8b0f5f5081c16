//! `UPDATE` and `DELETE`: which rows they concern is decided by the evaluator, row by row, and what becomes of them
//! is what the server would store.
//!
//! Rows are read in pieces, so that memory stays bounded whatever the table holds; but those whose children have to
//! follow are held until they do (`following`), and so are those that have an order (`in_order`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::assigning::{ChangedColumns, RowNotes};
use super::dumped_tables::ImportStorage;
use super::following_updates::MovedRow;
use super::in_order::{OrderUse, row_of, rows_in_order};
use super::inner_queries::Answers;
use super::keys::in_server_order;
use super::query::{Scan, ScriptView, asks};
use super::script::{Obstacle, ScriptPlace};
use super::server_order::is_kept_as_it_came;
use super::table::ImportTable;
use super::table_row::TableRow;
use crate::dump::{KeyPart, SourceText};
use crate::evaluate::{self, Deletion, Formula, NamedTable, Unevaluable, Update};
use crate::file::sql::quoted;
use crate::load::note::NoteClass;

/// Rows that are read at once.
const PIECE: usize = 2000;

/// Actions of foreign keys that change other rows.
const ACTIONS: &[&str] = &["CASCADE", "SET NULL", "SET DEFAULT"];

/// Why a `LIMIT` is not carried out.
const CHOICE: &str = "LIMIT, which leaves to the server which rows are meant";

pub(super) fn acts(action: &str) -> bool {
    ACTIONS.contains(&action)
}

/// What an `UPDATE` changes, and what is noted of it.
#[derive(Default)]
pub(super) struct PlannedChanges {
    /// The rows by their names in SQLite, with the values of all changed columns.
    rows: Vec<(i64, Vec<Value>)>,
    /// How values came about, by column, with their numbers.
    settled: BTreeMap<(usize, String), u64>,
    /// Columns that have no room for a number above 2^63-1 yet.
    narrow: BTreeSet<u32>,
    /// Rows to whose keys others refer, where these change.
    pub(super) moved: Vec<MovedRow>,
}

/// What an `UPDATE` has changed.
#[derive(Default)]
struct ChangedRows {
    number: usize,
    /// Rows that stay, because others have their new keys.
    ignored: usize,
    moved: Vec<MovedRow>,
}

impl PlannedChanges {
    /// Adds what becomes of a row that matches.
    fn add(
        &mut self,
        columns: &ChangedColumns<'_>,
        all: &[usize],
        referred: &[usize],
        mut row: TableRow<'_>,
    ) -> Result<(), Unevaluable> {
        let before = (!referred.is_empty()).then(|| row.cells.clone());
        let Some(notes) = columns.change(&mut row)? else {
            return Ok(());
        };
        let before = before.unwrap_or_default();
        self.settle(
            row.table,
            (all, referred),
            (row.id, before, &row.cells),
            notes,
        );
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row that is changed: its cells before, if others refer to it, and after.
    pub(super) fn settle(
        &mut self,
        table: &ImportTable,
        (all, referred): (&[usize], &[usize]),
        (id, before, after): (i64, Vec<Value>, &[Value]),
        notes: RowNotes,
    ) {
        if referred.iter().any(|&index| before[index] != after[index]) {
            self.moved.push((before, after.to_vec()));
        }
        let wide = |&&index: &&usize| table.is_too_large(index, &after[index]);
        let narrow = all.iter().filter(wide);
        self.narrow
            .extend(narrow.map(|&index| table.layout.columns[index].id));
        for note in notes {
            *self.settled.entry(note).or_default() += 1;
        }
        let values = all.iter().map(|&index| after[index].clone());
        self.rows.push((id, values.collect()));
    }
}

impl ImportStorage<'_> {
    /// `UPDATE t SET … WHERE …`
    pub(super) fn update(
        &mut self,
        place: ScriptPlace<'_>,
        source: &SourceText,
    ) -> Result<(), Obstacle> {
        let update = evaluate::update(source)?;
        if !update.joins.is_empty() {
            return self.update_joined(place, &update);
        }
        let Some(index) = self.changed_table(place, &update.table)? else {
            return Ok(());
        };
        let columns = ChangedColumns::of(&self.tables[index], &update.assignments, false)?;
        if update.ignores {
            self.may_ignore(place, index, &columns)?;
        }
        // A server that allows it computes all values from the old row then, as it does nowhere else.
        if update.assignments.len() > 1 && self.asks_own(place, index, update.values()) {
            return Err("a query over the table that it changes".to_owned().into());
        }
        let changed = loop {
            match self.update_rows(place, index, &update, &columns) {
                // Once more, with room for them.
                Err(Obstacle::Narrow(narrow)) if !assigns_variables(&update) => {
                    let table = &mut self.tables[index];
                    table.widened.extend(narrow);
                    table.redefine(table.definition.clone())?;
                    table.rebuild(self.connection, &mut self.names)?;
                }
                outcome => break outcome?,
            }
        };
        let named = self.tables[index].definition.name.clone();
        if changed.ignored > 0 && changed.number > 0 && update.order.is_empty() {
            let what = format!(
                "UPDATE IGNORE {named}: rows are changed in the order of their primary key, and a server may change \
                 them in another, which decides whose new keys are there already"
            );
            self.note(place, NoteClass::Changed, what);
        }
        let definition = &self.tables[index].definition;
        let by_order = assigns_variables(&update) && update.order.is_empty();
        if by_order && changed.number > 1 && is_kept_as_it_came(definition) {
            let what = format!(
                "UPDATE {named}: variables get their values in the order of the primary key, and on a server in that \
                 in which the rows came"
            );
            self.note(place, NoteClass::Changed, what);
        }
        self.follow_moved(place, index, changed.moved, "UPDATE")?;
        Ok(())
    }

    /// Changes the rows that match, all or none.
    fn update_rows(
        &mut self,
        place: ScriptPlace<'_>,
        index: usize,
        update: &Update,
        columns: &ChangedColumns<'_>,
    ) -> Result<ChangedRows, Obstacle> {
        let mut changed = ChangedRows::default();
        let referred = self.referred_by(place, index, &columns.all());
        self.whole(index, |storage| {
            if update.ignores {
                let table = &mut storage.tables[index];
                table.make_unique_keys(storage.connection, &mut storage.names, place.position)?;
                let first = || (place.input.to_owned(), place.position);
                table.merged.get_or_insert_with(first);
            }
            if columns.counts(&storage.tables[index]) {
                storage.tables[index].remember_number(storage.connection)?;
            }
            let moves = columns
                .all()
                .iter()
                .any(|&column| storage.tables[index].layout.rowid == Some(column));
            let answers = Answers::default();
            let asks_own = storage.asks_own(place, index, update.values());
            let ordered = !update.order.is_empty()
                && (moves || update.limit.is_some() || assigns_variables(update));
            let mut matched = 0;
            let mut after = i64::MIN;
            loop {
                let piece = (!moves && !ordered && !asks_own).then_some((after, PIECE));
                let view = ScriptView {
                    answers: Some(&answers),
                    ..storage.view(place)
                };
                let (planned, found, last) = plan(
                    &view,
                    &storage.tables[index],
                    update,
                    (columns, &referred),
                    piece,
                    ordered,
                )?;
                matched += found;
                if !planned.narrow.is_empty() {
                    return Err(Obstacle::Narrow(planned.narrow));
                }
                if update.limit.is_some_and(|limit| matched > limit) {
                    return Err(CHOICE.to_owned().into());
                }
                let ignored = apply(storage, index, columns, &planned, update.ignores)?;
                changed.number += planned.rows.len() - ignored;
                changed.ignored += ignored;
                changed.moved.extend(planned.moved);
                storage.settle_planned(place, index, planned.settled);
                match last.filter(|_| piece.is_some()) {
                    Some(last) => after = last,
                    None => break,
                }
            }
            let table = &mut storage.tables[index];
            if columns.counts(table) {
                table.pass_numbers(storage.connection)?;
            }
            for &column in columns.computed.iter().filter(|_| changed.number > 0) {
                table.absent.insert(table.layout.columns[column].id);
            }
            let by_number = table.layout.rowid.is_some() || !update.order.is_empty();
            if changed.ignored > 0 && changed.number > 0 && !by_number {
                return Err("the order of a primary key that is no number"
                    .to_owned()
                    .into());
            }
            Ok(())
        })?;
        Ok(changed)
    }

    /// Notes how values came about.
    fn settle_planned(
        &mut self,
        place: ScriptPlace<'_>,
        index: usize,
        settled: BTreeMap<(usize, String), u64>,
    ) {
        let table = &mut self.tables[index];
        for ((column, what), count) in settled {
            for _ in 0..count {
                table.settle(column, what.clone(), place.input, place.position);
            }
        }
    }

    /// Stores changes that are known beforehand.
    pub(super) fn store_planned(
        &mut self,
        place: ScriptPlace<'_>,
        index: usize,
        columns: &ChangedColumns<'_>,
        planned: &PlannedChanges,
    ) -> Result<(), Obstacle> {
        if !planned.narrow.is_empty() {
            return Err(Obstacle::Narrow(planned.narrow.clone()));
        }
        let counts = columns.counts(&self.tables[index]);
        if counts {
            self.tables[index].remember_number(self.connection)?;
        }
        apply(self, index, columns, planned, false)?;
        self.settle_planned(place, index, planned.settled.clone());
        let table = &mut self.tables[index];
        if counts {
            table.pass_numbers(self.connection)?;
        }
        for &column in columns.computed.iter().filter(|_| !planned.rows.is_empty()) {
            table.absent.insert(table.layout.columns[column].id);
        }
        Ok(())
    }

    /// An error where `UPDATE IGNORE` leaves out rows for another reason than unique keys, which is not known here.
    fn may_ignore(
        &self,
        place: ScriptPlace<'_>,
        index: usize,
        columns: &ChangedColumns<'_>,
    ) -> Result<(), Unevaluable> {
        let table = &self.tables[index];
        let changed = columns.all();
        let named = |name: &String| {
            let index = table.layout.index_of(name);
            index.is_some_and(|index| changed.contains(&index))
        };
        let keys = table.definition.foreign_keys.iter();
        let refers = keys.flat_map(|key| &key.columns).any(named);
        let name = &table.definition.name;
        let mut others = self
            .tables
            .iter()
            .flat_map(|own| &own.definition.foreign_keys);
        let referred = others.any(|key| key.parent.eq_ignore_ascii_case(name));
        let parts = in_server_order(&table.definition).into_iter().flatten();
        let computed = |part: &KeyPart| {
            let index = part.column().and_then(|name| table.layout.index_of(name));
            index.is_some_and(|index| columns.computed.contains(&index))
        };
        if parts.into_iter().any(computed) {
            return Err("IGNORE beside a key over a generated column".to_owned());
        }
        if !table.definition.checks.is_empty() || place.checks_keys && (refers || referred) {
            return Err("IGNORE beside CHECK or foreign keys".to_owned());
        }
        Ok(())
    }

    /// Whether queries in some expressions read the table that a statement changes, so that they have to be asked before.
    pub(super) fn asks_own<'f>(
        &self,
        place: ScriptPlace<'_>,
        index: usize,
        mut formulas: impl Iterator<Item = &'f Formula>,
    ) -> bool {
        let (view, table) = (self.view(place), &self.tables[index]);
        formulas.any(|formula| asks(formula, &view, table))
    }

    /// The table whose rows are changed; `None` where it is not wanted, or has none yet.
    fn changed_table(
        &mut self,
        place: ScriptPlace<'_>,
        named: &NamedTable,
    ) -> Result<Option<usize>, Obstacle> {
        let index = self.target(place, named)?;
        Ok(index.filter(|&index| self.tables[index].created.is_some()))
    }

    /// `DELETE FROM t WHERE …`
    pub(super) fn delete(
        &mut self,
        place: ScriptPlace<'_>,
        deletion: &Deletion,
    ) -> Result<(), Obstacle> {
        if !deletion.targets.is_empty() {
            return self.delete_joined(place, deletion);
        }
        let Some(index) = self.changed_table(place, &deletion.table)? else {
            return Ok(());
        };
        let mut deleted = 0_u64;
        let referred = self.referred(place, index);
        let mut gone = Vec::new();
        self.whole(index, |storage| {
            storage.tables[index].remember_number(storage.connection)?;
            let answers = Answers::default();
            let asks_own = storage.asks_own(place, index, deletion.filter.iter());
            let mut after = i64::MIN;
            loop {
                let mut ids = Vec::new();
                let table = &storage.tables[index];
                let scan = Scan {
                    table,
                    named: &deletion.table,
                    filter: deletion.filter.as_ref(),
                    columns: referred.clone(),
                    piece: (!asks_own).then_some((after, PIECE)),
                    asked: 0,
                };
                let view = ScriptView {
                    answers: Some(&answers),
                    ..storage.view(place)
                };
                if deletion.limit.is_some() && !deletion.order.is_empty() {
                    let by = OrderUse {
                        order: &deletion.order,
                        limit: deletion.limit,
                        assigns: false,
                    };
                    let rows = rows_in_order(&view, scan, &by)?;
                    deleted = rows.len() as u64;
                    let ids: Vec<i64>;
                    (ids, gone) = rows.into_iter().unzip();
                    return remove(storage, index, &ids);
                }
                let last = view.scan(&scan, &mut |row| {
                    ids.push(row.id);
                    if !referred.is_empty() {
                        gone.push(row.cells);
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
                deleted += ids.len() as u64;
                if deletion.limit.is_some_and(|limit| deleted > limit) {
                    return Err(CHOICE.to_owned().into());
                }
                remove(storage, index, &ids)?;
                match last.filter(|_| !asks_own) {
                    Some(last) => after = last,
                    None => return Ok(()),
                }
            }
        })?;
        if deleted > 0 {
            let table = &mut self.tables[index];
            table.rows = table.rows.saturating_sub(deleted);
            if place.checks_keys {
                self.follow(place, index, gone, "DELETE")?;
            }
        }
        Ok(())
    }
}

pub(super) fn remove(
    storage: &ImportStorage<'_>,
    index: usize,
    ids: &[i64],
) -> Result<(), Obstacle> {
    let table = &storage.tables[index];
    let row_name = table
        .row_name()
        .ok_or_else(|| "a table whose rows have no name".to_owned())?;
    let sql = format!("DELETE FROM {} WHERE {row_name} = ?", quoted(&table.name));
    let run = || {
        let mut statement = storage.connection.prepare_cached(&sql)?;
        for id in ids {
            statement.execute([id])?;
        }
        Ok(())
    };
    run().map_err(|cause: rusqlite::Error| Obstacle::Fatal(table.sqlite(&cause)))
}

/// Whether a statement gives variables values, which doing it again would give once more.
fn assigns_variables(update: &Update) -> bool {
    let mut found = false;
    for formula in update.values() {
        formula.parts(&mut |part| found |= matches!(part, Formula::Assign(..)));
    }
    found
}

/// The changes of the rows that match, how many rows match, and the last row that was looked at.
fn plan(
    view: &ScriptView<'_>,
    table: &ImportTable,
    update: &Update,
    (columns, referred): (&ChangedColumns<'_>, &[usize]),
    piece: Option<(i64, usize)>,
    ordered: bool,
) -> Result<(PlannedChanges, u64, Option<i64>), Unevaluable> {
    let all = columns.all();
    let scan = Scan {
        table,
        named: &update.table,
        filter: update.filter.as_ref(),
        columns: [columns.needed(table).as_slice(), referred].concat(),
        piece,
        asked: 0,
    };
    let mut planned = PlannedChanges::default();
    if ordered {
        let by = OrderUse {
            order: &update.order,
            limit: update.limit,
            assigns: assigns_variables(update),
        };
        let rows = rows_in_order(view, scan.clone(), &by)?;
        let matched = rows.len() as u64;
        for row in rows {
            planned.add(columns, &all, referred, row_of(view, &scan, row))?;
        }
        return Ok((planned, matched, None));
    }
    let mut matched = 0;
    let last = view.scan(&scan, &mut |row| {
        matched += 1;
        planned.add(columns, &all, referred, row)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((planned, matched, last))
}

/// Stores the changes of rows; how many are left out because another row has their key.
fn apply(
    storage: &ImportStorage<'_>,
    index: usize,
    columns: &ChangedColumns<'_>,
    planned: &PlannedChanges,
    ignores: bool,
) -> Result<usize, Obstacle> {
    let table = &storage.tables[index];
    let row_name = table
        .row_name()
        .ok_or_else(|| "a table whose rows have no name".to_owned())?;
    let sets: Vec<String> = columns
        .all()
        .iter()
        .map(|&column| format!("{} = ?", quoted(&table.layout.columns[column].name)))
        .collect();
    let sql = format!(
        "UPDATE {} SET {} WHERE {row_name} = ?",
        quoted(&table.name),
        sets.join(", ")
    );
    table.miss_changed();
    let run = || {
        let mut ignored = 0;
        let mut statement = storage.connection.prepare_cached(&sql)?;
        for (id, values) in &planned.rows {
            let id = Value::Integer(*id);
            match statement.execute(params_from_iter(values.iter().chain([&id]))) {
                Err(cause) if ignores && is_taken(&cause) => ignored += 1,
                done => drop(done?),
            }
        }
        Ok(ignored)
    };
    run().map_err(|cause: rusqlite::Error| {
        if is_taken(&cause) {
            Obstacle::Unknown(format!("a value that another row has: {cause}"))
        } else {
            Obstacle::Fatal(table.sqlite(&cause))
        }
    })
}

/// Whether another row has a key.
fn is_taken(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}
