//! Queries with `GROUP BY` over one table: which rows are of one group, and the row that each group gives.
//!
//! What a group does not decide is an error with its reason. It must not change anything.

use std::collections::HashMap;
use std::ops::ControlFlow;

use rusqlite::types::Value;

use super::aggregates::{GroupView, RowTotals};
use super::found_rows::{FoundRows, sort};
use super::query::{Scan, ScriptView, items};
use super::table::ImportTable;
use super::table_row::{TableRow, columns_of};
use crate::evaluate::{self, Datum, Formula, NamedTable, SelectQuery, Unevaluable};

/// Groups by values for which there is no plain spelling: each is compared with all.
const MOST_ODD: usize = 2000;

/// Rows that are the same in what a query groups by.
struct GroupedRows<'g> {
    keys: Vec<Datum>,
    /// The first of them.
    id: i64,
    cells: Vec<Value>,
    /// Columns in which others differ from it.
    differing: Vec<usize>,
    totals: RowTotals<'g>,
}

/// All groups so far, in the order in which they were found.
#[derive(Default)]
struct FoundGroups<'g> {
    groups: Vec<GroupedRows<'g>>,
    /// Those whose keys have a spelling of their own.
    plain: HashMap<String, usize>,
    odd: Vec<usize>,
}

impl FoundGroups<'_> {
    /// The group with these keys.
    fn find(&self, keys: &[Datum], spelling: Option<&str>) -> Result<Option<usize>, Unevaluable> {
        if let Some(spelling) = spelling {
            if let Some(&at) = self.plain.get(spelling) {
                return Ok(Some(at));
            }
            return self.among(self.odd.iter().copied(), keys);
        }
        self.among(0..self.groups.len(), keys)
    }

    fn among(
        &self,
        mut places: impl Iterator<Item = usize>,
        keys: &[Datum],
    ) -> Result<Option<usize>, Unevaluable> {
        places
            .find_map(|at| match are_equal(&self.groups[at].keys, keys) {
                Ok(true) => Some(Ok(at)),
                Ok(false) => None,
                Err(reason) => Some(Err(reason)),
            })
            .transpose()
    }
}

fn are_equal(a: &[Datum], b: &[Datum]) -> Result<bool, Unevaluable> {
    for (a, b) in a.iter().zip(b) {
        let same = match (a.is_null(), b.is_null()) {
            (false, false) => evaluate::equal(a, b)? == Some(true),
            (a, b) => a == b,
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Keys in a form that is the same for the same keys, where these are plain enough for one.
fn spelling(keys: &[Datum]) -> Option<String> {
    let mut all = String::new();
    for key in keys {
        match key {
            Datum::Null(_) => all.push('n'),
            Datum::Int(_) | Datum::Unsigned(_) | Datum::Date(_) | Datum::DateTime(..) => {
                all.push('v');
                all += &key.shown()?;
            }
            Datum::Text(text, _) | Datum::Member(text, ..)
                if !text.is_empty()
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) =>
            {
                all.push('t');
                all += text;
            }
            _ => return None,
        }
        all.push('\0');
    }
    Some(all)
}

impl ScriptView<'_> {
    /// The rows of a query with `GROUP BY`, with what they are sorted by.
    pub(super) fn grouped(
        &self,
        query: &SelectQuery,
        named: &NamedTable,
    ) -> Result<FoundRows, Unevaluable> {
        let table = self.find(named)?;
        let items = items(query)?;
        let order = query.order.iter().map(|(formula, _)| formula);
        let shown: Vec<&Formula> = items.iter().copied().chain(order).collect();
        let mut totals = RowTotals::of(shown.iter().copied());
        totals.begin(self, table, named)?;
        let columns = query
            .formulas()
            .flat_map(|formula| columns_of(formula, table));
        let scan = Scan {
            table,
            named,
            filter: query.filter.as_ref(),
            columns: columns.collect(),
            piece: None,
            asked: query.id,
        };
        let mut found = FoundGroups::default();
        self.scan(&scan, &mut |row| {
            let keys = query.group.iter().map(|formula| formula.evaluate(&row));
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            let spelling = spelling(&keys);
            let at = match found.find(&keys, spelling.as_deref())? {
                Some(at) => at,
                None => {
                    let at = found.groups.len();
                    match spelling {
                        Some(spelling) => drop(found.plain.insert(spelling, at)),
                        None => found.odd.push(at),
                    }
                    if found.odd.len() > MOST_ODD {
                        return Err(format!("GROUP BY of more than {MOST_ODD} such values"));
                    }
                    found.groups.push(GroupedRows {
                        keys,
                        id: row.id,
                        cells: row.cells.clone(),
                        differing: Vec::new(),
                        totals: totals.clone(),
                    });
                    at
                }
            };
            let group = &mut found.groups[at];
            for (index, (own, other)) in group.cells.iter().zip(&row.cells).enumerate() {
                if own != other && !group.differing.contains(&index) {
                    group.differing.push(index);
                }
            }
            group.totals.add(&row)?;
            Ok(ControlFlow::Continue(()))
        })?;
        self.rows_of_groups(query, (named, table), &shown, found.groups)
    }

    /// What each group gives; in the order of their keys where that is known, as servers mostly have them.
    fn rows_of_groups(
        &self,
        query: &SelectQuery,
        (named, table): (&NamedTable, &ImportTable),
        shown: &[&Formula],
        groups: Vec<GroupedRows<'_>>,
    ) -> Result<FoundRows, Unevaluable> {
        let mut rows = Vec::new();
        for group in groups {
            let row = TableRow {
                id: group.id,
                cells: group.cells,
                ..TableRow::empty(self, table, named)
            };
            let view = GroupView {
                view: self,
                totals: &group.totals,
                row: Some(&row),
                differing: &group.differing,
            };
            let value = |formula: &&Formula| {
                let written = format!("{formula:?}");
                let mut keys = query.group.iter().zip(&group.keys);
                match keys.find(|(key, _)| format!("{key:?}") == written) {
                    // The column itself may be spelled in several ways.
                    Some((key, datum)) if !matches!(key, Formula::Column(..)) => Ok(datum.clone()),
                    _ => formula.evaluate(&view),
                }
            };
            let values = shown.iter().map(value).collect::<Result<Vec<_>, _>>()?;
            let (values, order) = values.split_at(shown.len() - query.order.len());
            rows.push((group.keys.clone(), (order.to_vec(), values.to_vec())));
        }
        if query.order.is_empty() {
            let upwards: Vec<(Formula, bool)> = query
                .group
                .iter()
                .map(|formula| (formula.clone(), false))
                .collect();
            // Where their order is not known, it stays that of the rows.
            let unsorted = rows.clone();
            if sort(&mut rows, &upwards).is_err() {
                rows = unsorted;
            }
        }
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }
}
