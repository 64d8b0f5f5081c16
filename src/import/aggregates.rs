//! Functions of all rows of a query, or of a group of them: `COUNT`, `MIN`, `MAX`, `SUM`, `GROUP_CONCAT`, alone or in an
//! expression.
//!
//! Values that depend on the order of rows are errors with their reason. Which rows are of a group is `grouped`'s.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::found_rows::{limited, sort};
use super::query::{Scan, ScriptView, items};
use super::table::ImportTable;
use super::table_row::{TableRow, columns_of};
use crate::evaluate::{
    self, Aggregate, Clock, Datum, Formula, NamedTable, SelectQuery, Surroundings, TextsOfRows,
    Unevaluable,
};

/// Bytes that all servers keep of `GROUP_CONCAT`; MySQL cuts what is longer.
const LONGEST: usize = 1024;

impl ScriptView<'_> {
    /// The one row of a query with functions of all rows.
    pub(super) fn aggregated(
        &self,
        query: &SelectQuery,
        named: &NamedTable,
        table: &ImportTable,
    ) -> Result<Vec<Vec<Datum>>, Unevaluable> {
        let items = items(query)?;
        let mut totals = RowTotals::of(items.iter().copied());
        totals.begin(self, table, named)?;
        let columns = items
            .iter()
            .flat_map(|item| columns_of(item, table))
            .collect();
        let scan = Scan {
            table,
            named,
            filter: query.filter.as_ref(),
            columns,
            piece: None,
            asked: query.id,
        };
        self.scan(&scan, &mut |row| {
            totals.add(&row)?;
            Ok(ControlFlow::Continue(()))
        })?;
        let view = GroupView {
            view: self,
            totals: &totals,
            row: None,
            differing: &[],
        };
        let row = items
            .iter()
            .map(|item| item.evaluate(&view))
            .collect::<Result<_, _>>()?;
        Ok(limited(vec![row], query.limit))
    }
}

/// What is put together of rows.
#[derive(Clone, Copy)]
enum TotalOf<'g> {
    Aggregate(Aggregate, Option<&'g Formula>),
    Texts(&'g TextsOfRows),
}

/// A function over the rows so far.
#[derive(Clone)]
struct RowTotal<'g> {
    of: TotalOf<'g>,
    value: Datum,
    texts: Vec<(Vec<Datum>, Datum)>,
}

/// All functions of some expressions, over the rows so far.
#[derive(Clone)]
pub(super) struct RowTotals<'g>(Vec<RowTotal<'g>>);

impl<'g> RowTotals<'g> {
    pub(super) fn of(formulas: impl Iterator<Item = &'g Formula>) -> Self {
        let mut totals = Vec::new();
        for formula in formulas {
            formula.parts(&mut |part| {
                let of = match part {
                    Formula::Aggregate(aggregate, argument) => {
                        TotalOf::Aggregate(*aggregate, argument.as_deref())
                    }
                    Formula::Joined(texts) => TotalOf::Texts(texts),
                    _ => return,
                };
                totals.push(RowTotal {
                    of,
                    value: Datum::NULL,
                    texts: Vec::new(),
                });
            });
        }
        Self(totals)
    }

    pub(super) fn begin(
        &mut self,
        view: &ScriptView<'_>,
        table: &ImportTable,
        named: &NamedTable,
    ) -> Result<(), Unevaluable> {
        let empty = TableRow::empty(view, table, named);
        for total in &mut self.0 {
            total.value = match total.of {
                TotalOf::Texts(_) => Datum::NULL,
                TotalOf::Aggregate(Aggregate::Count, _) | TotalOf::Aggregate(_, None) => {
                    Datum::Int(0)
                }
                TotalOf::Aggregate(Aggregate::Sum, Some(argument)) => {
                    evaluate::no_sum(argument.evaluate(&empty)?.kind())?
                }
                TotalOf::Aggregate(_, Some(argument)) => {
                    Datum::Null(argument.evaluate(&empty)?.kind())
                }
            };
        }
        Ok(())
    }

    pub(super) fn add(&mut self, row: &TableRow<'_>) -> Result<(), Unevaluable> {
        self.0.iter_mut().try_for_each(|total| total.add(row))
    }
}

impl RowTotal<'_> {
    fn add(&mut self, row: &TableRow<'_>) -> Result<(), Unevaluable> {
        let (aggregate, argument) = match self.of {
            TotalOf::Aggregate(aggregate, argument) => (aggregate, argument),
            TotalOf::Texts(texts) => {
                let text = texts.text.evaluate(row)?;
                if !text.is_null() {
                    let keys = texts.order.iter().map(|(formula, _)| formula.evaluate(row));
                    let keys = keys.collect::<Result<Vec<_>, _>>()?;
                    // A MariaDB takes it for 0 there.
                    if keys.iter().any(Datum::is_null) {
                        return Err("NULL in the ORDER BY of GROUP_CONCAT".to_owned());
                    }
                    self.texts.push((keys, text));
                }
                return Ok(());
            }
        };
        let datum = match argument {
            Some(argument) => argument.evaluate(row)?,
            None => Datum::Int(1),
        };
        if datum.is_null() {
            return Ok(());
        }
        match (aggregate, &mut self.value) {
            (Aggregate::Count, Datum::Int(count)) => *count += 1,
            (Aggregate::Sum, sum) => *sum = evaluate::with_value(sum, &datum)?,
            _ => self.compare(datum, aggregate)?,
        }
        Ok(())
    }

    fn compare(&mut self, datum: Datum, aggregate: Aggregate) -> Result<(), Unevaluable> {
        let wanted = match aggregate {
            Aggregate::Greatest => Ordering::Greater,
            _ => Ordering::Less,
        };
        let takes = match evaluate::order(&datum, &self.value)? {
            None => true,
            Some(Ordering::Equal) if datum != self.value => {
                return Err("MIN or MAX of equal values that are written differently".to_owned());
            }
            Some(order) => order == wanted,
        };
        if takes {
            self.value = datum;
        }
        Ok(())
    }

    /// The texts of all rows, one behind the other.
    fn joined(&self, texts: &TextsOfRows) -> Result<Datum, Unevaluable> {
        let mut rows = self.texts.clone();
        let is_total = sort(&mut rows, &texts.order)?;
        if !is_total && rows.windows(2).any(|pair| pair[0].1 != pair[1].1) {
            return Err("GROUP_CONCAT without an order of all its texts".to_owned());
        }
        let mut all = String::new();
        for (at, (_, text)) in rows.iter().enumerate() {
            if at > 0 {
                all += &texts.separator;
            }
            all += &text.shown().ok_or("GROUP_CONCAT of bytes")?;
            if all.len() > LONGEST {
                return Err(format!("GROUP_CONCAT of more than {LONGEST} bytes"));
            }
        }
        Ok(match rows.first() {
            Some((_, Datum::Text(_, collation))) => Datum::Text(all, *collation),
            Some(_) => Datum::text(all),
            None => Datum::NULL,
        })
    }
}

/// What the values of functions of rows are part of.
pub(super) struct GroupView<'g> {
    pub(super) view: &'g ScriptView<'g>,
    pub(super) totals: &'g RowTotals<'g>,
    /// A row of the group, where there are groups.
    pub(super) row: Option<&'g TableRow<'g>>,
    /// The columns that differ among the rows of the group.
    pub(super) differing: &'g [usize],
}

impl Surroundings for GroupView<'_> {
    fn aggregate(
        &self,
        aggregate: Aggregate,
        argument: Option<&Formula>,
    ) -> Result<Datum, Unevaluable> {
        let same = |own: Option<&Formula>| match (own, argument) {
            (Some(own), Some(other)) => std::ptr::eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        let mut totals = self.totals.0.iter();
        let total = totals.find(|total| {
            matches!(total.of, TotalOf::Aggregate(own, argument) if own == aggregate && same(argument))
        });
        total
            .map(|total| total.value.clone())
            .ok_or_else(|| aggregate.name().to_owned())
    }

    fn joined(&self, texts: &TextsOfRows) -> Result<Datum, Unevaluable> {
        let mut totals = self.totals.0.iter();
        let total = totals
            .find(|total| matches!(total.of, TotalOf::Texts(own) if std::ptr::eq(own, texts)));
        total
            .ok_or_else(|| "GROUP_CONCAT".to_owned())?
            .joined(texts)
    }

    fn column(&self, qualifier: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        let Some(row) = self.row else {
            return Err(format!("column {name} beside a value of all rows"));
        };
        let index = row.table.layout.index_of(name);
        if index.is_some_and(|index| self.differing.contains(&index)) {
            return Err(format!(
                "column {name}, which differs among rows of a group"
            ));
        }
        row.column(qualifier, name)
    }

    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        self.view.variable(name)
    }

    fn assign(&self, name: &str, value: &Datum) -> Result<(), Unevaluable> {
        self.view.assign(name, value)
    }

    fn clock(&self) -> Result<Clock, Unevaluable> {
        self.view.clock()
    }

    fn last_insert_id(&self) -> Result<u64, Unevaluable> {
        self.view.last_insert_id()
    }
}
