//! Queries over tables of the import, row by row, by the evaluator: over one, joined ones, and unions of such.
//!
//! SQLite finds the rows that may match, and the evaluator decides by MySQL's rules. What it cannot decide, or what
//! depends on an order that only a server has, is an error with its reason. It must not change anything.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::joins::FoundRows;
use super::session::ScriptSession;
use super::table::{self, ImportTable};
use super::table_row::{TableRow, columns_of, is_computed};
use super::united;
use crate::dump::ValueType;
use crate::evaluate::{
    self, Clock, Datum, Formula, NamedTable, SelectQuery, SelectedItem, Surroundings, Unevaluable,
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
        let Scan { table, named, .. } = scan;
        let filter = scan.condition()?;
        let filter = &filter.as_ref();
        let row_name = table.row_name().ok_or("a table whose rows have no name")?;
        if table.created.is_none() {
            return Ok(None);
        }
        let mut wanted = scan.columns.clone();
        if let Some(filter) = filter {
            wanted.extend(columns_of(filter, table));
        }
        let is_computed = |index: &usize| is_computed(table, *index);
        if wanted.iter().any(is_computed) {
            wanted = (0..table.layout.columns.len()).collect();
        }
        let (condition, parameters) = self.prefilter(table, named, *filter);
        let cells: Vec<String> = table
            .layout
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let needed = wanted.contains(&index);
                if needed {
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
        let mut last = None;
        while let Some(found) = rows.next().map_err(failed)? {
            let id = found.get(0).map_err(failed)?;
            last = Some(id);
            let width = table.layout.columns.len();
            let cells = (1..=width).map(|index| found.get(index));
            let cells = cells.collect::<Result<_, _>>().map_err(failed)?;
            let row = TableRow {
                view: self,
                table,
                named,
                id,
                cells,
                proposed: None,
                keeps_generated: false,
            };
            if let Some(filter) = filter
                && filter.evaluate(&row)?.is_true()? != Some(true)
            {
                continue;
            }
            if each(row)?.is_break() {
                break;
            }
        }
        Ok(last)
    }

    /// A condition of SQLite that holds for all rows that may match, and its parameters.
    fn prefilter(
        &self,
        table: &ImportTable,
        named: &NamedTable,
        filter: Option<&Formula>,
    ) -> (String, Vec<Value>) {
        let (mut conditions, mut parameters) = (vec!["1".to_owned()], Vec::new());
        let mut pending: Vec<&Formula> = filter.into_iter().collect();
        while let Some(formula) = pending.pop() {
            let Formula::Call(function, arguments, _) = formula else {
                continue;
            };
            match (function.name, arguments.as_slice()) {
                ("AND", both) => pending.extend(both),
                (
                    "=",
                    [Formula::Column(qualifier, name), value]
                    | [value, Formula::Column(qualifier, name)],
                ) if is_constant(value) => {
                    let is_own = qualifier.as_deref().is_none_or(|own| named.is_called(own));
                    let (Some(index), Ok(datum)) =
                        (table.layout.index_of(name), value.evaluate(self))
                    else {
                        continue;
                    };
                    if let Some((sql, parameter)) = narrowed(table, index, &datum)
                        && is_own
                    {
                        conditions.push(sql);
                        parameters.push(parameter);
                    }
                }
                _ => {}
            }
        }
        (conditions.join(" AND "), parameters)
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

    fn scalar(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
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

    fn exists(&self, query: &SelectQuery) -> Result<bool, Unevaluable> {
        let all = [SelectedItem::Value(Formula::Value(Datum::Int(1)))];
        let counted = SelectQuery {
            items: all.into(),
            order: Vec::new(),
            ..query.clone()
        };
        if is_aggregated(query) {
            return Err("EXISTS over MIN, MAX or COUNT".to_owned());
        }
        Ok(!self.select(&counted)?.is_empty())
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

fn is_aggregated(query: &SelectQuery) -> bool {
    any_part(query, Formula::is_total)
}

pub(super) fn has_assignments(query: &SelectQuery) -> bool {
    any_part(query, |part| matches!(part, Formula::Assign(..)))
}

/// Whether a part of an expression is a query over `table`.
pub(super) fn asks(formula: &Formula, view: &ScriptView<'_>, table: &ImportTable) -> bool {
    let mut found = false;
    formula.parts(&mut |part| {
        if let Formula::Query(query) | Formula::Exists(query) = part {
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

/// Whether a value is the same for all rows, and computing it changes nothing.
fn is_constant(formula: &Formula) -> bool {
    let mut constant = true;
    formula.parts(&mut |part| {
        constant &= matches!(
            part,
            Formula::Value(_) | Formula::Truth(_) | Formula::Variable(_) | Formula::Call(..)
        ) && !matches!(part, Formula::Call(function, ..) if evaluate::needs_server(function.name, false));
    });
    constant
}

/// What SQLite can say of the rows whose column equals a value.
fn narrowed(table: &ImportTable, index: usize, datum: &Datum) -> Option<(String, Value)> {
    let column = &table.layout.columns[index];
    let own = quoted(&column.name);
    match (&column.kind, datum) {
        (ValueType::Integer | ValueType::Year, Datum::Int(number))
            if column.storage == "INTEGER" =>
        {
            Some((format!("{own} = ?"), Value::Integer(*number)))
        }
        // Letters that are the same to a collation are ASCII in any case, or not ASCII.
        (ValueType::Text(_) | ValueType::Char(_), Datum::Text(text, _))
            if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) =>
        {
            let sql = format!("(rtrim({own}) = rtrim(?) COLLATE NOCASE OR {own} GLOB '*[^ -~]*')");
            Some((sql, Value::Text(text.clone())))
        }
        _ => None,
    }
}

pub(super) fn limited(mut rows: Vec<Vec<Datum>>, limit: Option<(u64, u64)>) -> Vec<Vec<Datum>> {
    if let Some((skipped, count)) = limit {
        let skipped = usize::try_from(skipped)
            .unwrap_or(usize::MAX)
            .min(rows.len());
        rows.drain(..skipped);
        rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    }
    rows
}

/// Rows that are all different.
fn distinct(found: FoundRows, is_sorted: bool) -> Result<FoundRows, Unevaluable> {
    const MOST: usize = 2000;
    let mut kept = FoundRows::new();
    for (order, values) in found {
        let mut is_new = true;
        for (_, other) in &kept {
            if are_same(&values, other)? {
                is_new = false;
                break;
            }
        }
        if is_new {
            kept.push((order, values));
        }
        if kept.len() > MOST {
            return Err(format!("DISTINCT over more than {MOST} rows"));
        }
    }
    if is_sorted && kept.len() > 1 {
        return Err("DISTINCT with ORDER BY".to_owned());
    }
    Ok(kept)
}

fn are_same(a: &[Datum], b: &[Datum]) -> Result<bool, Unevaluable> {
    let mut same = true;
    for (a, b) in a.iter().zip(b) {
        same &= match (a.is_null(), b.is_null()) {
            (false, false) => evaluate::order(a, b)? == Some(Ordering::Equal),
            (a, b) => a == b,
        };
    }
    if same && a != b {
        return Err("DISTINCT of equal values that are written differently".to_owned());
    }
    Ok(same)
}

/// Sorts rows by their keys; whether that says of any two which comes first.
pub(super) fn sort<T>(
    rows: &mut [(Vec<Datum>, T)],
    order: &[(Formula, bool)],
) -> Result<bool, Unevaluable> {
    let mut unknown = None;
    let mut compare = |a: &[Datum], b: &[Datum]| {
        for ((a, b), (_, downwards)) in a.iter().zip(b).zip(order) {
            let found = match (a.is_null(), b.is_null()) {
                (false, false) => evaluate::order(a, b).unwrap_or_else(|reason| {
                    unknown = Some(reason);
                    None
                }),
                (a, b) => Some(b.cmp(&a)),
            };
            let found = found.unwrap_or(Ordering::Equal);
            if found != Ordering::Equal {
                return if *downwards { found.reverse() } else { found };
            }
        }
        Ordering::Equal
    };
    rows.sort_by(|a, b| compare(&a.0, &b.0));
    let is_total = rows
        .windows(2)
        .all(|pair| compare(&pair[0].0, &pair[1].0) == Ordering::Less);
    match unknown {
        Some(reason) => Err(reason),
        None => Ok(is_total || rows.len() < 2),
    }
}
