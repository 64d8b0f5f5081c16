//! `UPDATE` and `DELETE`: which rows they concern is decided by the evaluator, row by row, and what becomes of them
//! is what the server would store.
//!
//! Rows are read in pieces, so that memory stays bounded whatever the table holds; but those whose children have to
//! follow are held until they do (`following`), and so are those that have an order (`in_order`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::assigning::ChangedColumns;
use super::dumped_tables::ImportStorage;
use super::in_order::{OrderUse, row_of, rows_in_order};
use super::query::{Scan, ScriptView, asks};
use super::script::{Obstacle, ScriptPlace};
use super::table::ImportTable;
use super::table_row::TableRow;
use crate::dump::SourceText;
use crate::evaluate::{self, Formula, NamedTable, Unevaluable, Update};
use crate::file::sql::quoted;

/// Rows that are read at once.
const PIECE: usize = 2000;

/// Actions of foreign keys that change other rows.
const ACTIONS: &[&str] = &["CASCADE", "SET NULL", "SET DEFAULT"];

/// Why a `LIMIT` is not carried out.
const CHOICE: &str = "LIMIT, which leaves to the server which rows are meant";

pub(super) fn acts(action: Option<&String>) -> bool {
    action.is_some_and(|action| ACTIONS.contains(&action.as_str()))
}

/// What an `UPDATE` changes, and what is noted of it.
#[derive(Default)]
struct PlannedChanges {
    /// The rows by their names in SQLite, with the values of all changed columns.
    rows: Vec<(i64, Vec<Value>)>,
    /// How values came about, by column, with their numbers.
    settled: BTreeMap<(usize, String), u64>,
    /// Columns that have no room for a number above 2^63-1 yet.
    narrow: BTreeSet<u32>,
}

impl PlannedChanges {
    /// Adds what becomes of a row that matches.
    fn add(
        &mut self,
        columns: &ChangedColumns<'_>,
        all: &[usize],
        mut row: TableRow<'_>,
    ) -> Result<(), Unevaluable> {
        let Some(notes) = columns.change(&mut row)? else {
            return Ok(());
        };
        let table = row.table;
        let wide = |&&index: &&usize| table.is_too_large(index, &row.cells[index]);
        let narrow = all.iter().filter(wide);
        self.narrow
            .extend(narrow.map(|&index| table.layout.columns[index].id));
        for note in notes {
            *self.settled.entry(note).or_default() += 1;
        }
        let values = all.iter().map(|&index| row.cells[index].clone());
        self.rows.push((row.id, values.collect()));
        Ok(())
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
        let Some(index) = self.changed_table(place, &update.table)? else {
            return Ok(());
        };
        let columns = ChangedColumns::of(&self.tables[index], &update.assignments, false)?;
        // A server that allows it computes all values from the old row then, as it does nowhere else.
        let (view, table) = (self.view(place), &self.tables[index]);
        let values = update
            .assignments
            .iter()
            .filter_map(|(_, value)| value.as_ref());
        if update.assignments.len() > 1
            && values
                .chain(&update.filter)
                .any(|value| asks(value, &view, table))
        {
            return Err("a query over the table that it changes".to_owned().into());
        }
        let assigned: Vec<String> = update
            .assignments
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
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
        if changed > 0 {
            self.note_actions(place, index, "UPDATE", |key| {
                let mut parents = key.parent_columns.iter();
                let named =
                    |name: &String| assigned.iter().any(|own| own.eq_ignore_ascii_case(name));
                acts(key.on_update.as_ref()) && parents.any(named)
            });
        }
        Ok(())
    }

    /// Changes the rows that match, all or none; how many.
    fn update_rows(
        &mut self,
        place: ScriptPlace<'_>,
        index: usize,
        update: &Update,
        columns: &ChangedColumns<'_>,
    ) -> Result<usize, Obstacle> {
        let mut changed = 0;
        self.whole(index, |storage| {
            if columns.counts(&storage.tables[index]) {
                storage.tables[index].remember_number(storage.connection)?;
            }
            let moves = columns
                .all()
                .iter()
                .any(|&column| storage.tables[index].layout.rowid == Some(column));
            let ordered = !update.order.is_empty()
                && (moves || update.limit.is_some() || assigns_variables(update));
            let mut matched = 0;
            let mut after = i64::MIN;
            loop {
                let piece = (!moves && !ordered).then_some((after, PIECE));
                let view = storage.view(place);
                let (planned, found, last) = plan(
                    &view,
                    &storage.tables[index],
                    update,
                    columns,
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
                changed += planned.rows.len();
                apply(storage, index, &columns.all(), &planned)?;
                let table = &mut storage.tables[index];
                for ((column, what), count) in planned.settled {
                    for _ in 0..count {
                        table.settle(column, what.clone(), place.input, place.position);
                    }
                }
                match last.filter(|_| piece.is_some()) {
                    Some(last) => after = last,
                    None => break,
                }
            }
            let table = &mut storage.tables[index];
            if columns.counts(table) {
                table.pass_numbers(storage.connection)?;
            }
            for &column in columns.computed.iter().filter(|_| changed > 0) {
                table.absent.insert(table.layout.columns[column].id);
            }
            Ok(())
        })?;
        Ok(changed)
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
        source: &SourceText,
    ) -> Result<(), Obstacle> {
        let deletion = evaluate::deletion(source)?;
        let Some(index) = self.changed_table(place, &deletion.table)? else {
            return Ok(());
        };
        let mut deleted = 0_u64;
        let referred = self.referred(place, index);
        let mut gone = Vec::new();
        self.whole(index, |storage| {
            storage.tables[index].remember_number(storage.connection)?;
            let mut after = i64::MIN;
            loop {
                let mut ids = Vec::new();
                let table = &storage.tables[index];
                let scan = Scan {
                    table,
                    named: &deletion.table,
                    filter: deletion.filter.as_ref(),
                    columns: referred.clone(),
                    piece: Some((after, PIECE)),
                };
                let view = storage.view(place);
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
                match last {
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
    let values = update
        .assignments
        .iter()
        .filter_map(|(_, value)| value.as_ref());
    let mut found = false;
    for formula in values.chain(&update.filter) {
        formula.parts(&mut |part| found |= matches!(part, Formula::Assign(..)));
    }
    found
}

/// The changes of the rows that match, how many rows match, and the last row that was looked at.
fn plan(
    view: &ScriptView<'_>,
    table: &ImportTable,
    update: &Update,
    columns: &ChangedColumns<'_>,
    piece: Option<(i64, usize)>,
    ordered: bool,
) -> Result<(PlannedChanges, u64, Option<i64>), Unevaluable> {
    let all = columns.all();
    let scan = Scan {
        table,
        named: &update.table,
        filter: update.filter.as_ref(),
        columns: columns.needed(table),
        piece,
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
            planned.add(columns, &all, row_of(view, &scan, row))?;
        }
        return Ok((planned, matched, None));
    }
    let mut matched = 0;
    let last = view.scan(&scan, &mut |row| {
        matched += 1;
        planned.add(columns, &all, row)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((planned, matched, last))
}

/// Stores the changes of rows.
fn apply(
    storage: &ImportStorage<'_>,
    index: usize,
    columns: &[usize],
    planned: &PlannedChanges,
) -> Result<(), Obstacle> {
    let table = &storage.tables[index];
    let row_name = table
        .row_name()
        .ok_or_else(|| "a table whose rows have no name".to_owned())?;
    let sets: Vec<String> = columns
        .iter()
        .map(|&column| format!("{} = ?", quoted(&table.layout.columns[column].name)))
        .collect();
    let sql = format!(
        "UPDATE {} SET {} WHERE {row_name} = ?",
        quoted(&table.name),
        sets.join(", ")
    );
    let run = || {
        let mut statement = storage.connection.prepare_cached(&sql)?;
        for (id, values) in &planned.rows {
            let id = Value::Integer(*id);
            statement.execute(params_from_iter(values.iter().chain([&id])))?;
        }
        Ok(())
    };
    run().map_err(|cause: rusqlite::Error| match cause.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => {
            Obstacle::Unknown(format!("a value that another row has: {cause}"))
        }
        _ => Obstacle::Fatal(table.sqlite(&cause)),
    })
}
