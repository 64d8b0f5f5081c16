//! Queries over several tables: each row of the first with each of the second, and so on, as far as conditions let them.
//!
//! Tables are read once and compared in memory, so both their rows and the pairs that are looked at have a limit. The order
//! of rows is that of the tables' primary keys, and is nobody's promise. It must not change anything.

use std::cell::Cell;
use std::ops::ControlFlow;

use rusqlite::types::Value;

use super::found_rows::FoundRows;
use super::query::{Scan, ScriptView};
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
struct JoinedRow<'j> {
    rows: Vec<TableRow<'j>>,
}

/// The tables of a join and its conditions, each at the last table that it names.
struct JoinPlan<'j> {
    named: Vec<&'j NamedTable>,
    tables: Vec<&'j ImportTable>,
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
        let stored = (0..plan.tables.len())
            .map(|at| self.rows_to_join(&plan, at))
            .collect::<Result<Vec<_>, _>>()?;
        let rows = plan.tables.iter().zip(&plan.named);
        let mut row = JoinedRow {
            rows: rows
                .map(|(table, named)| TableRow::empty(self, table, named))
                .collect(),
        };
        let mut found = FoundRows::new();
        let left = Cell::new(PAIRS);
        plan.walk(&stored, 0, &mut row, &left, &mut |row| {
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

    fn join_plan<'j>(
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
    fn rows_to_join(&self, plan: &JoinPlan<'_>, at: usize) -> Result<Vec<Vec<Value>>, Unevaluable> {
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
        };
        let mut rows = Vec::new();
        self.scan(&scan, &mut |row| {
            if !all_hold(&own, &row)? {
                return Ok(ControlFlow::Continue(()));
            }
            if rows.len() == ROWS {
                return Err(format!("a join of more than {ROWS} rows"));
            }
            rows.push(row.cells);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
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

impl JoinPlan<'_> {
    /// The table that a column is of.
    fn table_of(&self, qualifier: Option<&str>, name: &str) -> Result<usize, Unevaluable> {
        let has = |at: &usize| match qualifier {
            Some(qualifier) => self.named[*at].is_called(qualifier),
            None => self.tables[*at].layout.index_of(name).is_some(),
        };
        let mut found = (0..self.tables.len()).filter(has);
        match (found.next(), found.next()) {
            (Some(at), None) => Ok(at),
            (None, _) => Err(format!("the unknown name {name}")),
            _ => Err(format!("the name {name}, which several tables have")),
        }
    }

    /// The tables that a formula names.
    fn tables_of(&self, formula: &Formula) -> Result<Vec<usize>, Unevaluable> {
        let mut found = Ok(Vec::new());
        formula.parts(&mut |part| {
            if let (Formula::Column(qualifier, name), Ok(tables)) = (part, &mut found) {
                match self.table_of(qualifier.as_deref(), name) {
                    Ok(at) => tables.push(at),
                    Err(reason) => found = Err(reason),
                }
            }
        });
        found
    }

    fn last_table(&self, formula: &Formula) -> Result<usize, Unevaluable> {
        Ok(self.tables_of(formula)?.into_iter().max().unwrap_or(0))
    }

    fn is_of_one(&self, formula: &Formula, at: usize) -> Result<bool, Unevaluable> {
        let tables = self.tables_of(formula)?;
        Ok(!tables.is_empty() && tables.iter().all(|&table| table == at))
    }

    /// Days of which a server says that they are NULL where they are 0000-00-00.
    fn refuse_zero_days(&self, filter: &Formula) -> Result<(), Unevaluable> {
        let found = Cell::new(false);
        filter.asking_for_zero_days(&|qualifier, name| {
            let table = self.table_of(qualifier, name).map(|at| self.tables[at]);
            let column = table.ok().and_then(|table| table.definition.column(name));
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
        stored: &[Vec<Vec<Value>>],
        at: usize,
        row: &mut JoinedRow<'_>,
        left: &Cell<usize>,
        each: &mut dyn FnMut(&JoinedRow<'_>) -> Result<(), Unevaluable>,
    ) -> Result<(), Unevaluable> {
        let Some(own) = stored.get(at) else {
            return each(row);
        };
        let mut has_partner = false;
        for cells in own {
            let pairs = left.get().checked_sub(1);
            left.set(pairs.ok_or_else(|| format!("a join of more than {PAIRS} pairs of rows"))?);
            row.rows[at].cells.clone_from(cells);
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
            if all_hold(&self.filters[at], row)? {
                self.walk(stored, at + 1, row, left, each)?;
            }
        }
        Ok(())
    }
}

impl JoinedRow<'_> {
    fn row_of(&self, qualifier: Option<&str>, name: &str) -> Result<&TableRow<'_>, Unevaluable> {
        let has = |row: &&TableRow<'_>| match qualifier {
            Some(qualifier) => row.named.is_called(qualifier),
            None => row.table.layout.index_of(name).is_some(),
        };
        let mut found = self.rows.iter().filter(has);
        match (found.next(), found.next()) {
            (Some(row), None) => Ok(row),
            (None, _) => Err(format!("the unknown name {name}")),
            _ => Err(format!("the name {name}, which several tables have")),
        }
    }

    /// What is the same for all tables.
    fn view(&self) -> &dyn Surroundings {
        self.rows[0].view
    }
}

impl Surroundings for JoinedRow<'_> {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        self.row_of(table, name)?.column(table, name)
    }

    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        self.view().variable(name)
    }

    fn assign(&self, name: &str, _: &Datum) -> Result<(), Unevaluable> {
        Err(format!("an assignment to @{name} in a join"))
    }

    fn scalar(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        self.view().scalar(query)
    }

    fn exists(&self, query: &SelectQuery) -> Result<bool, Unevaluable> {
        self.view().exists(query)
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
