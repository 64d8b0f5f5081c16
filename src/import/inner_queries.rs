//! Queries in the expressions of a statement: `(SELECT …)`, `EXISTS`, `IN (SELECT …)`.
//!
//! A query that names columns of the row around it is asked for each row; any other one gives the same for all, and
//! is asked once. What one statement looks at for its queries has a limit. Nothing is changed here.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use rusqlite::types::Value;

use super::narrowing::{is_own, outer_equality};
use super::query::{Scan, ScriptView, is_aggregated};
use super::row_index::RowIndex;
use crate::evaluate::{self, Datum, Formula, SelectQuery, SelectedItem, Surroundings, Unevaluable};

/// Rows that the queries of a statement look at.
const LOOKED_AT: usize = 5_000_000;
/// Rows of a table that are kept to be found by a value.
const KEPT: usize = 200_000;

/// The row around a query.
#[derive(Clone, Copy)]
pub(super) struct OuterRow<'v> {
    row: &'v dyn Surroundings,
    /// Whether the query has asked for it.
    touched: &'v Cell<bool>,
}

/// What the queries of one statement have given, by their numbers.
#[derive(Default)]
pub(super) struct Answers {
    scalars: RefCell<HashMap<u64, Datum>>,
    exist: RefCell<HashMap<u64, bool>>,
    members: RefCell<HashMap<u64, Rc<Members>>>,
    rows: RefCell<HashMap<u64, Rc<IndexedRows>>>,
    looked_at: Cell<usize>,
}

/// Rows of a table that a query looks up for one row after the other.
pub(super) struct IndexedRows {
    pub(super) rows: Vec<(i64, Vec<Value>)>,
    index: Option<RowIndex>,
}

/// Rows that are kept, and the places of some of them.
type FoundPlaces = (Rc<IndexedRows>, Vec<usize>);

/// The values of a query behind `IN`.
struct Members {
    values: Vec<Datum>,
    index: Option<RowIndex>,
    has_null: bool,
}

impl Members {
    fn of(rows: Vec<Vec<Datum>>) -> Result<Self, Unevaluable> {
        let (mut values, mut has_null) = (Vec::with_capacity(rows.len()), false);
        for row in rows {
            let [value] = <[Datum; 1]>::try_from(row)
                .map_err(|row| format!("IN over a query of {} columns", row.len()))?;
            has_null |= value.is_null();
            if !value.is_null() {
                values.push(value);
            }
        }
        Ok(Self {
            index: RowIndex::of_values(&values),
            values,
            has_null,
        })
    }

    fn has(&self, value: &Datum) -> Result<Option<bool>, Unevaluable> {
        if self.values.is_empty() && !self.has_null {
            return Ok(Some(false));
        }
        if value.is_null() {
            return Ok(None);
        }
        let places = self.index.as_ref().and_then(|index| index.equal_to(value));
        let places = places.unwrap_or_else(|| (0..self.values.len()).collect());
        for place in places {
            if evaluate::equal(value, &self.values[place])? == Some(true) {
                return Ok(Some(true));
            }
        }
        Ok((!self.has_null).then_some(false))
    }
}

/// Whether a query gives the same as long as tables stay as they are.
fn is_settled(query: &SelectQuery) -> bool {
    let mut settled = true;
    query.all_parts(&mut |part| {
        settled &= match part {
            Formula::Variable(_) | Formula::Assign(..) => false,
            Formula::Call(function, ..) => {
                function.name != "LAST_INSERT_ID" && !evaluate::needs_server(function.name, true)
            }
            _ => true,
        };
    });
    settled
}

impl ScriptView<'_> {
    /// A column of the row around the query.
    pub(super) fn outer_column(
        &self,
        table: Option<&str>,
        name: &str,
    ) -> Result<Datum, Unevaluable> {
        let outer = self
            .outer
            .ok_or_else(|| format!("the unknown name {name}"))?;
        outer.touched.set(true);
        outer.row.column(table, name)
    }

    /// The value of a query in the expressions of `row`.
    pub(super) fn scalar_in(
        &self,
        row: &dyn Surroundings,
        query: &SelectQuery,
    ) -> Result<Datum, Unevaluable> {
        self.answered(
            row,
            query,
            |answers| &answers.scalars,
            |view| view.value_of(query),
        )
    }

    /// Whether a query in the expressions of `row` has rows.
    pub(super) fn exists_in(
        &self,
        row: &dyn Surroundings,
        query: &SelectQuery,
    ) -> Result<bool, Unevaluable> {
        self.answered(
            row,
            query,
            |answers| &answers.exist,
            |view| view.finds(query),
        )
    }

    /// Whether a value in the expressions of `row` is among those of a query.
    pub(super) fn among_in(
        &self,
        row: &dyn Surroundings,
        value: &Datum,
        query: &SelectQuery,
    ) -> Result<Option<bool>, Unevaluable> {
        let members = |view: &ScriptView<'_>| Members::of(view.select(query)?).map(Rc::new);
        self.answered(row, query, |answers| &answers.members, members)?
            .has(value)
    }

    /// Does `work` where `row` is around it.
    pub(super) fn beside<T>(
        &self,
        row: &dyn Surroundings,
        work: impl FnOnce(&ScriptView<'_>) -> T,
    ) -> T {
        let touched = Cell::new(false);
        work(&ScriptView {
            outer: Some(OuterRow {
                row,
                touched: &touched,
            }),
            ..*self
        })
    }

    fn answered<T: Clone>(
        &self,
        row: &dyn Surroundings,
        query: &SelectQuery,
        known: fn(&Answers) -> &RefCell<HashMap<u64, T>>,
        ask: impl FnOnce(&ScriptView<'_>) -> Result<T, Unevaluable>,
    ) -> Result<T, Unevaluable> {
        let answers = self.answers.filter(|_| query.id != 0);
        let found = answers.and_then(|answers| known(answers).borrow().get(&query.id).cloned());
        if let Some(found) = found {
            return Ok(found);
        }
        let touched = Cell::new(false);
        let answer = ask(&ScriptView {
            outer: Some(OuterRow {
                row,
                touched: &touched,
            }),
            ..*self
        })?;
        if let Some(answers) = answers.filter(|_| !touched.get() && is_settled(query)) {
            known(answers).borrow_mut().insert(query.id, answer.clone());
        }
        Ok(answer)
    }

    /// Whether a query has rows.
    fn finds(&self, query: &SelectQuery) -> Result<bool, Unevaluable> {
        if is_aggregated(query) {
            return Err("EXISTS over MIN, MAX or COUNT".to_owned());
        }
        let is_plain = query.united.is_empty() && query.group.is_empty() && query.limit.is_none();
        let named = query.from.as_ref();
        let Some(named) = named.filter(|_| is_plain && query.joins.is_empty()) else {
            let one = SelectedItem::Value(Formula::Value(Datum::Int(1)));
            let counted = SelectQuery {
                id: 0,
                items: vec![one],
                order: Vec::new(),
                ..query.clone()
            };
            return Ok(!self.select(&counted)?.is_empty());
        };
        let scan = Scan {
            table: self.find(named)?,
            named,
            filter: query.filter.as_ref(),
            columns: Vec::new(),
            piece: None,
            asked: query.id,
        };
        let mut found = false;
        self.scan(&scan, &mut |_| {
            found = true;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// Counts a row that a query of the statement looks at.
    pub(super) fn look_at_row(&self) -> Result<(), Unevaluable> {
        let Some(answers) = self.answers.filter(|_| self.outer.is_some()) else {
            return Ok(());
        };
        answers.looked_at.set(answers.looked_at.get() + 1);
        if answers.looked_at.get() > LOOKED_AT {
            return Err(format!("queries that look at more than {LOOKED_AT} rows"));
        }
        Ok(())
    }

    /// The rows of a scan that an equality with a value of the row around it asks for, as places among rows that are
    /// kept; nothing where they are read from the file.
    pub(super) fn looked_up(
        &self,
        scan: &Scan<'_>,
        filter: Option<&Formula>,
        wanted: &[usize],
    ) -> Result<Option<FoundPlaces>, Unevaluable> {
        let answers = self
            .answers
            .filter(|_| scan.asked != 0 && self.outer.is_some() && scan.piece.is_none());
        let (Some(answers), Some(filter)) = (answers, filter) else {
            return Ok(None);
        };
        let own =
            |qualifier: Option<&str>, name: &str| is_own(scan.table, scan.named, qualifier, name);
        let Some((column, value)) = outer_equality(filter, &own) else {
            return Ok(None);
        };
        let Some(column) = scan.table.layout.index_of(column) else {
            return Ok(None);
        };
        // SQLite finds it by itself.
        if scan.table.layout.rowid == Some(column) {
            return Ok(None);
        }
        let known = answers.rows.borrow().get(&scan.asked).cloned();
        let kept = match known {
            Some(kept) => kept,
            None => {
                let kept = Rc::new(self.kept_rows(scan, filter, wanted, column)?);
                answers
                    .rows
                    .borrow_mut()
                    .insert(scan.asked, Rc::clone(&kept));
                kept
            }
        };
        let datum = value.evaluate(self)?;
        let places = kept.index.as_ref().and_then(|index| index.equal_to(&datum));
        let places = places.unwrap_or_else(|| (0..kept.rows.len()).collect());
        Ok(Some((kept, places)))
    }

    fn kept_rows(
        &self,
        scan: &Scan<'_>,
        filter: &Formula,
        wanted: &[usize],
        column: usize,
    ) -> Result<IndexedRows, Unevaluable> {
        let mut rows = Vec::new();
        self.stored_rows(scan, Some(filter), wanted, &mut |id, cells| {
            if rows.len() == KEPT {
                return Err(format!("a query for each row over more than {KEPT} rows"));
            }
            rows.push((id, cells));
            Ok(ControlFlow::Continue(()))
        })?;
        let cells = rows.iter().map(|(_, cells)| cells.as_slice());
        Ok(IndexedRows {
            index: RowIndex::of_rows(scan.table, column, cells),
            rows,
        })
    }
}
