//! Queries over tables of the import, row by row, by the evaluator: over one, joined ones, and unions of such.
//!
//! SQLite finds the rows that may match, and the evaluator decides by MySQL's rules. What it cannot decide, or what
//! depends on an order that only a server has, is an error with its reason. It must not change anything.

use std::ops::ControlFlow;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::found_rows::{FoundRows, distinct, limited, sort};
use super::inner_queries::{Answers, OuterRow};
use super::session::ScriptSession;
use super::table::{self, ImportTable};
use super::table_row::{TableRow, columns_of, is_computed};
use super::united;
use crate::evaluate::{
    Clock, Datum, Formula, NamedTable, SelectQuery, SelectedItem, Surroundings, Unevaluable,
};
use crate::file::sql::quoted;

/// What the expressions of a statement may ask for.
#[derive(Clone, Copy)]
pub(super) struct ScriptView<'v> {
    pub(super) session: &'v ScriptSession,
    pub(super) connection: &'v Connection,
    /// All tables; one that is being changed as it was before.
    pub(super) tables: [&'v [ImportTable]; 3],
    pub(super) database: Option<&'v str>,
    /// The row around the query.
    pub(super) outer: Option<OuterRow<'v>>,
    /// What queries of the statement have given, which does not change what they read before it ends.
    pub(super) answers: Option<&'v Answers>,
}

/// The rows to read.
#[derive(Clone)]
pub(super) struct Scan<'s> {
    pub(super) table: &'s ImportTable,
    pub(super) named: &'s NamedTable,
    pub(super) filter: Option<&'s Formula>,
    /// Columns that are needed beside those of the filter.
    pub(super) columns: Vec<usize>,
    /// Only rows whose names in SQLite are above this, and so many of those that may match.
    pub(super) piece: Option<(i64, usize)>,
    /// The number of the query, if it has no other table.
    pub(super) asked: u64,
}

impl Scan<'_> {
    /// The filter as a server takes it: a DATE or DATETIME column without NULL "is" it where it is 0000-00-00.
    fn condition(&self) -> Result<Option<Formula>, Unevaluable> {
        let is_day = |qualifier: Option<&str>, name: &str| {
            let column = self.table.definition.column(name);
            qualifier.is_none_or(|own| self.named.is_called(own))
                && column.is_some_and(|column| {
                    column.not_null
                        && ["DATE", "DATETIME"].contains(&column.column_type.name.as_str())
                })
        };
        let asked = |filter: &Formula| filter.asking_for_zero_days(&is_day);
        self.filter.map(asked).transpose()
    }
}

/// Calls a step of a scan.
pub(super) type EachRow<'e> = dyn FnMut(TableRow<'_>) -> Result<ControlFlow<()>, Unevaluable> + 'e;

impl ScriptView<'_> {
    pub(super) fn find(&self, named: &NamedTable) -> Result<&ImportTable, Unevaluable> {
        let database = named.database.as_deref().or(self.database);
        let found = self
            .tables
            .iter()
            .filter_map(|tables| table::find(tables, database, &named.name).map(|at| &tables[at]));
        let found: Vec<&ImportTable> = found.collect();
        let exact = found
            .iter()
            .find(|table| table.definition.name == named.name);
        exact
            .or(found.first())
            .copied()
            .ok_or_else(|| format!("table {}, which is not here", named.name))
    }

    /// Reads rows that match, in the order of their names in SQLite or of their primary key; the name of the last
    /// one that was looked at.
    pub(super) fn scan(
        &self,
        scan: &Scan<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<Option<i64>, Unevaluable> {
        let Scan { table, named, .. } = *scan;
        let filter = scan.condition()?;
        let filter = filter.as_ref();
        if table.created.is_none() {
            return Ok(None);
        }
        let mut wanted = scan.columns.clone();
        if let Some(filter) = filter {
            wanted.extend(columns_of(filter, table));
        }
        if wanted.iter().any(|&index| is_computed(table, index)) {
            wanted = (0..table.layout.columns.len()).collect();
        }
        let mut step = |id: i64, cells: Vec<Value>| {
            self.look_at_row()?;
            let row = TableRow {
                view: self,
                table,
                named,
                id,
                cells,
                proposed: None,
                keeps_generated: false,
            };
            match filter {
                Some(filter) if filter.evaluate(&row)?.is_true()? != Some(true) => {
                    Ok(ControlFlow::Continue(()))
                }
                _ => each(row),
            }
        };
        if let Some((kept, places)) = self.looked_up(scan, filter, &wanted)? {
            for place in places {
                let (id, cells) = &kept.rows[place];
                if step(*id, cells.clone())?.is_break() {
                    break;
                }
            }
            return Ok(None);
        }
        let mut last = None;
        self.stored_rows(scan, filter, &wanted, &mut |id, cells| {
            last = Some(id);
            step(id, cells)
        })?;
        Ok(last)
    }

    /// Reads rows that may match from the file, with the cells of the columns that are `wanted`.
    pub(super) fn stored_rows(
        &self,
        scan: &Scan<'_>,
        filter: Option<&Formula>,
        wanted: &[usize],
        each: &mut dyn FnMut(i64, Vec<Value>) -> Result<ControlFlow<()>, Unevaluable>,
    ) -> Result<(), Unevaluable> {
        let table = scan.table;
        let row_name = table.row_name().ok_or("a table whose rows have no name")?;
        let (condition, parameters) = self.prefilter(table, scan.named, filter);
        let cells: Vec<String> = table
            .layout
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                if wanted.contains(&index) {
                    quoted(&column.name)
                } else {
                    "NULL".to_owned()
                }
            })
            .collect();
        let order = match scan.piece {
            None if table.layout.rowid.is_none() && !table.layout.primary_key.is_empty() => {
                let key = table.layout.primary_key.iter();
                let parts = key.map(|&(index, _)| quoted(&table.layout.columns[index].name));
                parts.collect::<Vec<_>>().join(", ")
            }
            _ => row_name.clone(),
        };
        let piece = scan.piece.map_or_else(String::new, |(after, _)| {
            format!(" AND {row_name} > {after}")
        });
        let limit = scan
            .piece
            .map_or_else(String::new, |(_, count)| format!(" LIMIT {count}"));
        let sql = format!(
            "SELECT {row_name}, {} FROM {} WHERE {condition}{piece} ORDER BY {order}{limit}",
            cells.join(", "),
            quoted(&table.name)
        );
        let failed = |cause: rusqlite::Error| cause.to_string();
        let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
        let mut rows = statement
            .query(params_from_iter(parameters))
            .map_err(failed)?;
        let width = table.layout.columns.len();
        while let Some(found) = rows.next().map_err(failed)? {
            let id = found.get(0).map_err(failed)?;
            let cells = (1..=width).map(|index| found.get(index));
            let cells = cells.collect::<Result<_, _>>().map_err(failed)?;
            if each(id, cells)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The values of a query, row by row; those of a `UNION` have one type.
    pub(super) fn select(&self, query: &SelectQuery) -> Result<Vec<Vec<Datum>>, Unevaluable> {
        if query.united.is_empty() {
            return self.select_one(query);
        }
        let branches = query.branches().map(|branch| self.select_one(branch));
        let branches = branches.collect::<Result<Vec<_>, _>>()?;
        if branches.iter().all(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let mut kinds = Vec::new();
        for (branch, found) in query.branches().zip(&branches) {
            if found.is_empty() {
                united::see(&mut kinds, &self.no_row(branch)?)?;
            }
            for row in found {
                united::see(&mut kinds, row)?;
            }
        }
        let mut branches = branches.into_iter();
        let mut rows = branches.next().unwrap_or_default();
        for ((all, _), found) in query.united.iter().zip(branches) {
            rows.extend(found);
            if !all {
                let found = rows.into_iter().map(|row| (Vec::new(), row)).collect();
                let once = distinct(found, false)?.into_iter();
                rows = once.map(|(_, row)| row).collect();
            }
        }
        Ok(rows)
    }

    fn select_one(&self, query: &SelectQuery) -> Result<Vec<Vec<Datum>>, Unevaluable> {
        let Some(named) = &query.from else {
            let shown = match &query.filter {
                Some(filter) => filter.evaluate(self)?.is_true()? == Some(true),
                None => true,
            };
            if !shown {
                return Ok(Vec::new());
            }
            let row = items(query)?
                .into_iter()
                .map(|item| item.evaluate(self))
                .collect::<Result<_, _>>()?;
            return Ok(limited(vec![row], query.limit));
        };
        let groups = !query.group.is_empty();
        if (groups || is_aggregated(query)) && (query.distinct || !query.joins.is_empty()) {
            return Err("COUNT, MIN, MAX or groups over a join, or with DISTINCT".to_owned());
        }
        if !groups && is_aggregated(query) {
            return self.aggregated(query, named, self.find(named)?);
        }
        let mut found = if groups {
            self.grouped(query, named)?
        } else if query.joins.is_empty() {
            self.of_one_table(query, named)?
        } else {
            self.joined(query, named)?
        };
        if query.distinct {
            found = distinct(found, !query.order.is_empty())?;
        }
        let is_total = sort(&mut found, &query.order)?;
        let rows: Vec<Vec<Datum>> = found.into_iter().map(|(_, values)| values).collect();
        let count = rows.len();
        let same = rows.windows(2).all(|pair| pair[0] == pair[1]);
        let limited = limited(rows, query.limit);
        if limited.len() < count && !is_total && !same {
            return Err("LIMIT without an order of all rows".to_owned());
        }
        if !is_total && count > 1 && has_assignments(query) {
            return Err("variables that depend on the order of rows".to_owned());
        }
        Ok(limited)
    }

    /// The rows of a query over one table, unsorted.
    fn of_one_table(
        &self,
        query: &SelectQuery,
        named: &NamedTable,
    ) -> Result<FoundRows, Unevaluable> {
        let table = self.find(named)?;
        let columns = query
            .formulas()
            .flat_map(|formula| columns_of(formula, table));
        let mut columns: Vec<usize> = columns.collect();
        if query
            .items
            .iter()
            .any(|item| matches!(item, SelectedItem::All))
        {
            columns = (0..table.layout.columns.len()).collect();
        }
        let scan = Scan {
            table,
            named,
            filter: query.filter.as_ref(),
            columns,
            piece: None,
            asked: query.id,
        };
        let mut found = FoundRows::new();
        self.scan(&scan, &mut |row| {
            let order = query
                .order
                .iter()
                .map(|(formula, _)| formula.evaluate(&row));
            found.push((order.collect::<Result<_, _>>()?, row.values(query)?));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}

impl Surroundings for ScriptView<'_> {
    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        self.session.get(name)
    }

    fn assign(&self, name: &str, value: &Datum) -> Result<(), Unevaluable> {
        self.session.set(name, Ok(value.clone()), None);
        Ok(())
    }

    fn column(&self, table: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        self.outer_column(table, name)
    }

    fn scalar(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        self.scalar_in(self, query)
    }

    fn exists(&self, query: &SelectQuery) -> Result<bool, Unevaluable> {
        self.exists_in(self, query)
    }

    fn among(&self, value: &Datum, query: &SelectQuery) -> Result<Option<bool>, Unevaluable> {
        self.among_in(self, value, query)
    }

    fn clock(&self) -> Result<Clock, Unevaluable> {
        Ok(self.session.server_clock())
    }

    fn random(&self) -> u128 {
        uuid::Uuid::new_v4().as_u128()
    }

    fn database(&self) -> Result<Option<String>, Unevaluable> {
        let database = self.database.map(str::to_owned);
        database.map(Some).ok_or_else(|| "DATABASE()".to_owned())
    }

    fn last_insert_id(&self) -> Result<u64, Unevaluable> {
        self.session.last_insert_id()
    }

    fn keep_insert_id(&self, number: u64) -> Result<(), Unevaluable> {
        self.session.set_last_insert_id(number);
        Ok(())
    }
}

impl ScriptView<'_> {
    /// The value of a query of one column and one row at most.
    pub(super) fn value_of(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        let mut rows = self.select(query)?;
        if rows.len() > 1 {
            return Err("a query of several rows as a value".to_owned());
        }
        match rows.pop() {
            Some(row) => match <[Datum; 1]>::try_from(row) {
                Ok([datum]) => Ok(datum),
                Err(row) => Err(format!("a query of {} columns as a value", row.len())),
            },
            None => self.nothing(query),
        }
    }

    /// The NULL of a query without rows, which has the type of its value.
    fn nothing(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        let items = items(query)?;
        let ([item], Some(named)) = (items.as_slice(), &query.from) else {
            return Ok(Datum::NULL);
        };
        let table = self.find(named)?;
        let datum = item.evaluate(&TableRow::empty(self, table, named));
        Ok(datum.map_or(Datum::NULL, |datum| Datum::Null(datum.kind())))
    }
}

/// The items of a query without a table of its own, or of all rows at once.
pub(super) fn items(query: &SelectQuery) -> Result<Vec<&Formula>, Unevaluable> {
    let value = |item| match item {
        &SelectedItem::All => Err("* without a table".to_owned()),
        SelectedItem::Value(formula) => Ok(formula),
    };
    query.items.iter().map(value).collect()
}

fn any_part(query: &SelectQuery, is_it: fn(&Formula) -> bool) -> bool {
    let mut found = false;
    for formula in query.formulas() {
        formula.parts(&mut |part| found |= is_it(part));
    }
    found
}

pub(super) fn is_aggregated(query: &SelectQuery) -> bool {
    any_part(query, Formula::is_total)
}

pub(super) fn has_assignments(query: &SelectQuery) -> bool {
    any_part(query, |part| matches!(part, Formula::Assign(..)))
}

/// Whether a part of an expression is a query over `table`.
pub(super) fn asks(formula: &Formula, view: &ScriptView<'_>, table: &ImportTable) -> bool {
    let mut found = false;
    formula.parts(&mut |part| {
        if let Some(query) = part.query() {
            for query in query.branches() {
                let joined = query.joins.iter().map(|join| &join.table);
                let mut tables = query.from.iter().chain(joined);
                found |= tables
                    .any(|named| matches!(view.find(named), Ok(from) if std::ptr::eq(from, table)));
                found |= query.formulas().any(|inner| asks(inner, view, table));
            }
        }
    });
    found
}
