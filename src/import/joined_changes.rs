//! `UPDATE` and `DELETE` of tables that are joined: `UPDATE a JOIN b ON … SET a.x = b.y`, `DELETE a FROM a, b WHERE …`.
//!
//! All rows are found, and all values computed, before the first is changed. A row that has several partners is changed
//! once; where these give it different values, a server takes whichever it finds first, which is not known here.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;

use super::assigning::{ChangedColumns, RowNotes};
use super::changes::{PlannedChanges, remove};
use super::dumped_tables::ImportStorage;
use super::inner_queries::Answers;
use super::joins::{JoinPlan, JoinedRow};
use super::query::ScriptView;
use super::script::{Obstacle, ScriptPlace};
use super::table::ImportTable;
use super::table_row::TableRow;
use crate::evaluate::{
    Assignment, Deletion, Formula, NamedTable, SelectQuery, Unevaluable, Update,
};

/// A table of a join whose rows change.
struct ChangedTarget<'u> {
    /// Its place in the join.
    at: usize,
    columns: ChangedColumns<'u>,
    referred: Vec<usize>,
    /// Rows by their names in SQLite, as they become; what is noted of those that are changed.
    rows: BTreeMap<i64, (TargetCells, Option<RowNotes>)>,
}

/// The cells of a row before and after.
type TargetCells = (Vec<Value>, Vec<Value>);

/// Rows that go, by their names in SQLite, with their cells if others refer to them.
type RemovedRows = BTreeMap<i64, Option<Vec<Value>>>;

/// The changes of one table, which are done together.
struct TargetChanges {
    index: usize,
    assignments: Vec<Assignment>,
    planned: PlannedChanges,
}

impl ImportStorage<'_> {
    /// `UPDATE a, b SET …`
    pub(super) fn update_joined(
        &mut self,
        place: ScriptPlace<'_>,
        update: &Update,
    ) -> Result<(), Obstacle> {
        if update.ignores || !update.order.is_empty() || update.limit.is_some() {
            return Err("IGNORE, ORDER BY or LIMIT beside several tables"
                .to_owned()
                .into());
        }
        let changes = self.planned_targets(place, update)?;
        self.apply_targets(place, &changes)?;
        for TargetChanges { index, planned, .. } in changes {
            self.follow_moved(place, index, planned.moved, "UPDATE")?;
        }
        Ok(())
    }

    /// What becomes of the rows of all tables.
    fn planned_targets(
        &self,
        place: ScriptPlace<'_>,
        update: &Update,
    ) -> Result<Vec<TargetChanges>, Obstacle> {
        let query = SelectQuery {
            joins: update.joins.clone(),
            filter: update.filter.clone(),
            ..SelectQuery::default()
        };
        let answers = Answers::default();
        let view = ScriptView {
            answers: Some(&answers),
            ..self.view(place)
        };
        let plan = view.join_plan(&query, &update.table)?;
        let assigned = assigned_by_table(&plan, update)?;
        let mut targets = Vec::new();
        for (at, assignments) in &assigned {
            let columns = ChangedColumns::of(plan.tables[*at], assignments, false)?;
            let index = self.index_of(plan.tables[*at])?;
            targets.push(ChangedTarget {
                at: *at,
                referred: self.referred_by(place, index, &columns.all()),
                columns,
                rows: BTreeMap::new(),
            });
        }
        view.walk_join(&plan, &mut |row| {
            let mut targets = targets.iter_mut().filter(|target| !row.absent[target.at]);
            targets.try_for_each(|target| target.add(&view, row))
        })?;
        let mut changes = Vec::new();
        for target in targets {
            let table = plan.tables[target.at];
            let all = target.columns.all();
            let mut planned = PlannedChanges::default();
            for (id, ((before, after), notes)) in target.rows {
                if let Some(notes) = notes {
                    planned.settle(table, (&all, &target.referred), (id, before, &after), notes);
                }
            }
            // It may not even be in the file yet.
            if planned.is_empty() {
                continue;
            }
            let assignments = assigned.get(&target.at).cloned().unwrap_or_default();
            changes.push(TargetChanges {
                index: self.index_of(table)?,
                assignments,
                planned,
            });
        }
        Ok(changes)
    }

    fn index_of(&self, table: &ImportTable) -> Result<usize, Unevaluable> {
        let mut tables = self.tables.iter();
        tables
            .position(|own| std::ptr::eq(own, table))
            .ok_or_else(|| format!("table {}, which is not here", table.definition.name))
    }

    /// Does the changes of all tables, or none.
    fn apply_targets(
        &mut self,
        place: ScriptPlace<'_>,
        changes: &[TargetChanges],
    ) -> Result<(), Obstacle> {
        let Some((first, rest)) = changes.split_first() else {
            return Ok(());
        };
        self.whole(first.index, |storage| {
            let table = &storage.tables[first.index];
            let columns = ChangedColumns::of(table, &first.assignments, false)?;
            storage.store_planned(place, first.index, &columns, &first.planned)?;
            storage.apply_targets(place, rest)
        })
    }

    /// `DELETE a, b FROM …`
    pub(super) fn delete_joined(
        &mut self,
        place: ScriptPlace<'_>,
        deletion: &Deletion,
    ) -> Result<(), Obstacle> {
        let query = SelectQuery {
            joins: deletion.joins.clone(),
            filter: deletion.filter.clone(),
            ..SelectQuery::default()
        };
        let answers = Answers::default();
        let view = ScriptView {
            answers: Some(&answers),
            ..self.view(place)
        };
        let plan = view.join_plan(&query, &deletion.table)?;
        let mut targets = Vec::new();
        for named in &deletion.targets {
            let at = plan.place_of(named)?;
            let index = self.index_of(plan.tables[at])?;
            targets.push((at, index, self.referred(place, index), BTreeMap::new()));
        }
        view.walk_join(&plan, &mut |row| {
            for (at, _, referred, gone) in &mut targets {
                let own = &row.rows[*at];
                if !row.absent[*at] {
                    let cells = || (!referred.is_empty()).then(|| own.cells.clone());
                    gone.entry(own.id).or_insert_with(cells);
                }
            }
            Ok(())
        })?;
        // Of a table that is joined to itself, the rows of all its names.
        let mut by_table: BTreeMap<usize, RemovedRows> = BTreeMap::new();
        for (_, index, _, gone) in targets {
            by_table.entry(index).or_default().extend(gone);
        }
        by_table.retain(|_, rows| !rows.is_empty());
        let gone: Vec<_> = by_table.into_iter().collect();
        self.remove_targets(&gone)?;
        for (index, rows) in gone {
            let table = &mut self.tables[index];
            table.rows = table.rows.saturating_sub(rows.len() as u64);
            if place.checks_keys {
                let cells = rows.into_values().flatten().collect();
                self.follow(place, index, cells, "DELETE")?;
            }
        }
        Ok(())
    }

    /// Removes the rows of all tables, or none.
    fn remove_targets(&mut self, gone: &[(usize, RemovedRows)]) -> Result<(), Obstacle> {
        let Some(((index, rows), rest)) = gone.split_first() else {
            return Ok(());
        };
        self.whole(*index, |storage| {
            storage.tables[*index].remember_number(storage.connection)?;
            let ids: Vec<i64> = rows.keys().copied().collect();
            remove(storage, *index, &ids)?;
            storage.remove_targets(rest)
        })
    }
}

/// The assignments by the place of their table in the join. One that reads a column which another one changes is an
/// error: servers do not say which comes first.
fn assigned_by_table(
    plan: &JoinPlan<'_>,
    update: &Update,
) -> Result<BTreeMap<usize, Vec<Assignment>>, Unevaluable> {
    let mut by_table: BTreeMap<usize, Vec<Assignment>> = BTreeMap::new();
    let mut changed = Vec::new();
    for ((name, value), qualifier) in update.assignments.iter().zip(&update.qualifiers) {
        let at = plan.table_of(qualifier.as_deref(), name)?;
        let at = at.ok_or_else(|| format!("the unknown name {name}"))?;
        let assigned = by_table.entry(at).or_default();
        assigned.push((name.clone(), value.clone()));
        changed.push((at, name.to_lowercase()));
    }
    for (place, (_, value)) in update.assignments.iter().enumerate() {
        let mut others = BTreeSet::new();
        if let Some(value) = value {
            plan.tables_of(value)?;
            value.all_parts(&mut |part| {
                if let Formula::Column(qualifier, name) = part
                    && let Ok(Some(at)) = plan.table_of(qualifier.as_deref(), name)
                {
                    others.insert((at, name.to_lowercase()));
                }
            });
        }
        let own = &changed[place];
        if changed
            .iter()
            .any(|other| other != own && others.contains(other))
        {
            return Err(
                "a column that the same statement changes, beside several tables".to_owned(),
            );
        }
    }
    let tables: BTreeSet<*const ImportTable> = by_table
        .keys()
        .map(|&at| std::ptr::from_ref(plan.tables[at]))
        .collect();
    if tables.len() < by_table.len() {
        return Err("changes of one table under two names".to_owned());
    }
    Ok(by_table)
}

impl ChangedTarget<'_> {
    /// Adds what becomes of a row beside its partners.
    fn add(&mut self, view: &ScriptView<'_>, row: &JoinedRow<'_>) -> Result<(), Unevaluable> {
        let own = &row.rows[self.at];
        let before = own.cells.clone();
        let (after, notes) = view.beside(row, |view| {
            let mut changed = TableRow {
                view,
                id: own.id,
                cells: before.clone(),
                ..TableRow::empty(view, own.table, own.named)
            };
            let notes = self.columns.change(&mut changed)?;
            Ok::<_, Unevaluable>((changed.cells, notes))
        })?;
        match self.rows.get(&own.id) {
            Some(((_, other), _)) if *other != after => {
                Err("rows that have several partners with different values".to_owned())
            }
            Some(_) => Ok(()),
            None => {
                self.rows.insert(own.id, ((before, after), notes));
                Ok(())
            }
        }
    }
}

impl JoinPlan<'_> {
    /// The place of a table that a `DELETE` names.
    fn place_of(&self, named: &NamedTable) -> Result<usize, Unevaluable> {
        let mut places = (0..self.tables.len()).filter(|&at| self.is_called(at, &named.name));
        match (places.next(), places.next()) {
            (Some(at), None) => Ok(at),
            _ => Err(format!(
                "table {}, which the join does not name",
                named.name
            )),
        }
    }
}
