//! Queries over several tables: each row of the first with each of the second, and so on, as far as conditions let them.
//!
//! Tables are read once and compared in memory, so both their rows and the pairs that are looked at have a limit; where
//! a column equals a value of the tables before it, only rows that may have it are. The order of rows is that of the
//! tables' primary keys, and is nobody's promise. It must not change anything.

use std::cell::Cell;
use std::ops::ControlFlow;

use rusqlite::types::Value;

use super::found_rows::FoundRows;
use super::query::{Scan, ScriptView};
use super::row_index::RowIndex;
use super::table::ImportTable;
use super::table_row::TableRow;
use crate::evaluate::{
    Clock, Datum, Formula, JoinedTable, NamedTable, SelectQuery, SelectedItem, Surroundings,
    Unevaluable,
};

/// Rows of a table that are kept.
const ROWS: usize = 100_000;
/// Rows that are put together.
const PAIRS: usize = 1_000_000;

/// A row of each table.
pub(super) struct JoinedRow<'j> {
    pub(super) rows: Vec<TableRow<'j>>,
    /// Whether a row is none of its table, but stands for the partner that there is not.
    pub(super) absent: Vec<bool>,
}

/// The rows of a table, and how those are found that have a value of the tables before it.
pub(super) struct RowsToJoin<'j> {
    rows: Vec<(i64, Vec<Value>)>,
    index: Option<(RowIndex, &'j Formula)>,
}

/// The tables of a join and its conditions, each at the last table that it names.
pub(super) struct JoinPlan<'j> {
    named: Vec<&'j NamedTable>,
    pub(super) tables: Vec<&'j ImportTable>,
    /// Names that no table has may be those of the row around the query.
    is_inner: bool,
    outer: Vec<bool>,
    /// What makes a row a partner of those before it.
    partners: Vec<Vec<&'j Formula>>,
    filters: Vec<Vec<&'j Formula>>,
}

impl ScriptView<'_> {
    /// The rows of a query that joins tables, in no order that a server promises.
    pub(super) fn joined(
        &self,
        query: &SelectQuery,
        first: &NamedTable,
    ) -> Result<FoundRows, Unevaluable> {
        if query
            .items
            .iter()
            .any(|item| matches!(item, SelectedItem::All))
        {
            return Err("* of several tables".to_owned());
        }
        let plan = self.join_plan(query, first)?;
        let mut found = FoundRows::new();
        self.walk_join(&plan, &mut |row| {
            let order = query.order.iter().map(|(formula, _)| formula.evaluate(row));
            let order = order.collect::<Result<_, _>>()?;
            let values = query.items.iter().filter_map(|item| match item {
                SelectedItem::All => None,
                SelectedItem::Value(formula) => Some(formula.evaluate(row)),
            });
            found.push((order, values.collect::<Result<_, _>>()?));
            Ok(())
        })?;
        Ok(found)
    }

    /// Goes through all rows of a join.
    pub(super) fn walk_join(
        &self,
        plan: &JoinPlan<'_>,
        each: &mut dyn FnMut(&JoinedRow<'_>) -> Result<(), Unevaluable>,
    ) -> Result<(), Unevaluable> {
        let stored = (0..plan.tables.len())
            .map(|at| self.rows_to_join(plan, at))
            .collect::<Result<Vec<_>, _>>()?;
        let rows = plan.tables.iter().zip(&plan.named);
        let mut row = JoinedRow {
            rows: rows
                .map(|(table, named)| TableRow::empty(self, table, named))
                .collect(),
            absent: vec![false; plan.tables.len()],
        };
        plan.walk(&stored, 0, &mut row, &Cell::new(PAIRS), each)
    }

    pub(super) fn join_plan<'j>(
        &'j self,
        query: &'j SelectQuery,
        first: &'j NamedTable,
    ) -> Result<JoinPlan<'j>, Unevaluable> {
        let joins = &query.joins;
        let named: Vec<&NamedTable> = std::iter::once(first)
            .chain(joins.iter().map(|join| &join.table))
            .collect();
        let tables = named.iter().map(|named| self.find(named));
        let tables = tables.collect::<Result<Vec<_>, _>>()?;
        let mut plan = JoinPlan {
            outer: std::iter::once(false)
                .chain(joins.iter().map(|join: &JoinedTable| join.is_outer))
                .collect(),
            partners: vec![Vec::new(); named.len()],
            filters: vec![Vec::new(); named.len()],
            is_inner: self.outer.is_some(),
            named,
            tables,
        };
        if let Some(filter) = &query.filter {
            plan.refuse_zero_days(filter)?;
            for part in conjuncts(filter) {
                let at = plan.last_table(part)?;
                plan.filters[at].push(part);
            }
        }
        for (at, join) in joins.iter().enumerate() {
            for part in join.on.iter().flat_map(conjuncts) {
                let last = plan.last_table(part)?;
                if last > at + 1 {
                    return Err("a condition of a join over a table behind it".to_owned());
                }
                if join.is_outer {
                    plan.partners[at + 1].push(part);
                } else {
                    plan.filters[last].push(part);
                }
            }
        }
        Ok(plan)
    }

    /// The rows of the table at `at`, without those that its own conditions leave out.
    fn rows_to_join<'j>(
        &self,
        plan: &JoinPlan<'j>,
        at: usize,
    ) -> Result<RowsToJoin<'j>, Unevaluable> {
        let (table, named) = (plan.tables[at], plan.named[at]);
        let conditions = if plan.outer[at] {
            &plan.partners[at]
        } else {
            &plan.filters[at]
        };
        let mut own = Vec::new();
        for part in conditions {
            if plan.is_of_one(part, at)? {
                own.push(*part);
            }
        }
        let scan = Scan {
            table,
            named,
            filter: own.first().copied(),
            columns: (0..table.layout.columns.len()).collect(),
            piece: None,
            asked: 0,
        };
        let mut rows = Vec::new();
        self.scan(&scan, &mut |row| {
            if !all_hold(&own, &row)? {
                return Ok(ControlFlow::Continue(()));
            }
            if rows.len() == ROWS {
                return Err(format!("a join of more than {ROWS} rows"));
            }
            rows.push((row.id, row.cells));
            Ok(ControlFlow::Continue(()))
        })?;
        let index = plan.equality_at(at)?.and_then(|(column, value)| {
            let cells = rows.iter().map(|(_, cells)| cells.as_slice());
            Some((RowIndex::of_rows(table, column, cells)?, value))
        });
        Ok(RowsToJoin { rows, index })
    }
}

/// The parts of a condition that must all hold.
fn conjuncts(condition: &Formula) -> Vec<&Formula> {
    let (mut parts, mut pending) = (Vec::new(), vec![condition]);
    while let Some(formula) = pending.pop() {
        match formula {
            Formula::Call(function, both, _) if function.name == "AND" => {
                pending.extend(both.iter().rev());
            }
            formula => parts.push(formula),
        }
    }
    parts
}

fn all_hold(conditions: &[&Formula], row: &dyn Surroundings) -> Result<bool, Unevaluable> {
    for condition in conditions {
        if condition.evaluate(row)?.is_true()? != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

impl<'p> JoinPlan<'p> {
    pub(super) fn is_called(&self, at: usize, name: &str) -> bool {
        self.named[at].is_called(name)
    }

    /// The table that a column is of; none where it is of the row around the query.
    pub(super) fn table_of(
        &self,
        qualifier: Option<&str>,
        name: &str,
    ) -> Result<Option<usize>, Unevaluable> {
        let has = |at: &usize| match qualifier {
            Some(qualifier) => self.named[*at].is_called(qualifier),
            None => self.tables[*at].layout.index_of(name).is_some(),
        };
        let mut found = (0..self.tables.len()).filter(has);
        match (found.next(), found.next()) {
            (Some(at), None) => Ok(Some(at)),
            (None, _) if self.is_inner => Ok(None),
            (None, _) => Err(format!("the unknown name {name}")),
            _ => Err(format!("the name {name}, which several tables have")),
        }
    }

    /// The tables that a formula names; all of them, where a query in it may.
    pub(super) fn tables_of(&self, formula: &Formula) -> Result<Vec<usize>, Unevaluable> {
        let mut found = Ok(Vec::new());
        let mut asks = false;
        formula.parts(&mut |part| {
            asks |= part.query().is_some();
            if let (Formula::Column(qualifier, name), Ok(tables)) = (part, &mut found) {
                match self.table_of(qualifier.as_deref(), name) {
                    Ok(at) => tables.extend(at),
                    Err(reason) => found = Err(reason),
                }
            }
        });
        found.map(|found| {
            if asks {
                (0..self.tables.len()).collect()
            } else {
                found
            }
        })
    }

    fn last_table(&self, formula: &Formula) -> Result<usize, Unevaluable> {
        Ok(self.tables_of(formula)?.into_iter().max().unwrap_or(0))
    }

    fn is_of_one(&self, formula: &Formula, at: usize) -> Result<bool, Unevaluable> {
        let tables = self.tables_of(formula)?;
        Ok(!tables.is_empty() && tables.iter().all(|&table| table == at))
    }

    /// A column of the table at `at` that has to equal a value of the tables before it, and that value.
    fn equality_at(&self, at: usize) -> Result<Option<(usize, &'p Formula)>, Unevaluable> {
        for condition in self.partners[at].iter().chain(&self.filters[at]) {
            let Formula::Call(function, arguments, _) = condition else {
                continue;
            };
            let ("=", [a, b]) = (function.name, arguments.as_slice()) else {
                continue;
            };
            for (column, value) in [(a, b), (b, a)] {
                let Formula::Column(qualifier, name) = column else {
                    continue;
                };
                let is_own = self.table_of(qualifier.as_deref(), name)? == Some(at);
                let before = self.tables_of(value)?;
                let index = self.tables[at].layout.index_of(name);
                if let (true, Some(index)) = (is_own && !before.is_empty(), index)
                    && before.iter().all(|&table| table < at)
                {
                    return Ok(Some((index, value)));
                }
            }
        }
        Ok(None)
    }

    /// Days of which a server says that they are NULL where they are 0000-00-00.
    fn refuse_zero_days(&self, filter: &Formula) -> Result<(), Unevaluable> {
        let found = Cell::new(false);
        filter.asking_for_zero_days(&|qualifier, name| {
            let at = self.table_of(qualifier, name).ok().flatten();
            let column = at.and_then(|at| self.tables[at].definition.column(name));
            let is_day = column.is_some_and(|column| {
                let kind = column.column_type.name.as_str();
                column.not_null && ["DATE", "DATETIME"].contains(&kind)
            });
            found.set(found.get() || is_day);
            false
        })?;
        if found.get() {
            return Err("IS NULL of a day in a join".to_owned());
        }
        Ok(())
    }

    /// Goes through the rows of the table at `at` beside those of the tables before it.
    fn walk(
        &self,
        stored: &[RowsToJoin<'_>],
        at: usize,
        row: &mut JoinedRow<'_>,
        left: &Cell<usize>,
        each: &mut dyn FnMut(&JoinedRow<'_>) -> Result<(), Unevaluable>,
    ) -> Result<(), Unevaluable> {
        let Some(own) = stored.get(at) else {
            return each(row);
        };
        let mut has_partner = false;
        let found = match &own.index {
            Some((index, value)) => index.equal_to(&value.evaluate(row)?),
            None => None,
        };
        let count = found.as_ref().map_or(own.rows.len(), Vec::len);
        for place in 0..count {
            let place = found.as_ref().map_or(place, |found| found[place]);
            let (id, cells) = &own.rows[place];
            let pairs = left.get().checked_sub(1);
            left.set(pairs.ok_or_else(|| format!("a join of more than {PAIRS} pairs of rows"))?);
            row.rows[at].cells.clone_from(cells);
            row.rows[at].id = *id;
            row.absent[at] = false;
            row.rows[at].keeps_generated = false;
            if !all_hold(&self.partners[at], row)? {
                continue;
            }
            has_partner = true;
            if all_hold(&self.filters[at], row)? {
                self.walk(stored, at + 1, row, left, each)?;
            }
        }
        if self.outer[at] && !has_partner {
            row.rows[at].cells.fill(Value::Null);
            row.rows[at].keeps_generated = true;
            row.absent[at] = true;
            if all_hold(&self.filters[at], row)? {
                self.walk(stored, at + 1, row, left, each)?;
            }
        }
        Ok(())
    }
}

impl JoinedRow<'_> {
    /// The row that has a column; none where it is of the row around the query.
    fn row_of(
        &self,
        qualifier: Option<&str>,
        name: &str,
    ) -> Result<Option<&TableRow<'_>>, Unevaluable> {
        let has = |row: &&TableRow<'_>| match qualifier {
            Some(qualifier) => row.named.is_called(qualifier),
            None => row.table.layout.index_of(name).is_some(),
        };
        let mut found = self.rows.iter().filter(has);
        match (found.next(), found.next()) {
            (Some(row), None) => Ok(Some(row)),
            (None, _) => Ok(None),
            _ => Err(format!("the name {name}, which several tables have")),
        }
    }

    /// What is the same for all tables.
    fn view(&self) -> &ScriptView<'_> {
        self.rows[0].view
    }
}

impl Surroundings for JoinedRow<'_> {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        match self.row_of(table, name)? {
            Some(row) => row.column(table, name),
            None => self.view().outer_column(table, name),
        }
    }

    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        self.view().variable(name)
    }

    fn assign(&self, name: &str, _: &Datum) -> Result<(), Unevaluable> {
        Err(format!("an assignment to @{name} in a join"))
    }

    fn scalar(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        self.view().scalar_in(self, query)
    }

    fn exists(&self, query: &SelectQuery) -> Result<bool, Unevaluable> {
        self.view().exists_in(self, query)
    }

    fn among(&self, value: &Datum, query: &SelectQuery) -> Result<Option<bool>, Unevaluable> {
        self.view().among_in(self, value, query)
    }

    fn clock(&self) -> Result<Clock, Unevaluable> {
        self.view().clock()
    }

    fn random(&self) -> u128 {
        self.view().random()
    }

    fn database(&self) -> Result<Option<String>, Unevaluable> {
        self.view().database()
    }

    fn last_insert_id(&self) -> Result<u64, Unevaluable> {
        self.view().last_insert_id()
    }
}
