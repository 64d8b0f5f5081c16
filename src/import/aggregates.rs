//! Queries of one value over all rows of a table: `COUNT`, `MIN`, `MAX`, alone or in an expression.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::query::{Scan, ScriptView, items, limited};
use super::table::ImportTable;
use super::table_row::{TableRow, columns_of};
use crate::evaluate::{
    self, Aggregate, Clock, Datum, Formula, NamedTable, SelectQuery, Surroundings, Unevaluable,
};

impl ScriptView<'_> {
    /// The one row of a query with `COUNT`, `MIN` or `MAX`.
    pub(super) fn aggregated(
        &self,
        query: &SelectQuery,
        named: &NamedTable,
        table: &ImportTable,
    ) -> Result<Vec<Vec<Datum>>, Unevaluable> {
        let items = items(query)?;
        let mut groups: Vec<RowGroup<'_>> = Vec::new();
        for item in &items {
            item.parts(&mut |part| {
                if let Formula::Aggregate(aggregate, argument) = part {
                    groups.push(RowGroup {
                        aggregate: *aggregate,
                        argument: argument.as_deref(),
                        value: Datum::NULL,
                    });
                }
            });
        }
        for group in &mut groups {
            group.begin(self, table, named)?;
        }
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
        };
        self.scan(&scan, &mut |row| {
            for group in &mut groups {
                group.add(&row)?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let view = GroupView {
            view: self,
            groups: &groups,
        };
        let row = items
            .iter()
            .map(|item| item.evaluate(&view))
            .collect::<Result<_, _>>()?;
        Ok(limited(vec![row], query.limit))
    }
}

/// An aggregate over the rows so far.
struct RowGroup<'g> {
    aggregate: Aggregate,
    argument: Option<&'g Formula>,
    value: Datum,
}

impl RowGroup<'_> {
    fn begin(
        &mut self,
        view: &ScriptView<'_>,
        table: &ImportTable,
        named: &NamedTable,
    ) -> Result<(), Unevaluable> {
        self.value = match (self.aggregate, self.argument) {
            (Aggregate::Count, _) | (_, None) => Datum::Int(0),
            (_, Some(argument)) => {
                let empty = TableRow::empty(view, table, named);
                Datum::Null(argument.evaluate(&empty)?.kind())
            }
        };
        Ok(())
    }

    fn add(&mut self, row: &TableRow<'_>) -> Result<(), Unevaluable> {
        let datum = match self.argument {
            Some(argument) => argument.evaluate(row)?,
            None => Datum::Int(1),
        };
        if datum.is_null() {
            return Ok(());
        }
        if let (Aggregate::Count, Datum::Int(count)) = (self.aggregate, &mut self.value) {
            *count += 1;
            return Ok(());
        }
        let takes = match evaluate::order(&datum, &self.value)? {
            None => true,
            Some(Ordering::Equal) if datum != self.value => {
                return Err("MIN or MAX of equal values that are written differently".to_owned());
            }
            Some(order) => {
                order
                    == if self.aggregate == Aggregate::Greatest {
                        Ordering::Greater
                    } else {
                        Ordering::Less
                    }
            }
        };
        if takes {
            self.value = datum;
        }
        Ok(())
    }
}

/// What the values of aggregates are part of.
struct GroupView<'g> {
    view: &'g ScriptView<'g>,
    groups: &'g [RowGroup<'g>],
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
        let mut groups = self.groups.iter();
        let group = groups.find(|group| group.aggregate == aggregate && same(group.argument));
        group
            .map(|group| group.value.clone())
            .ok_or_else(|| aggregate.name().to_owned())
    }

    fn column(&self, _: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        Err(format!("column {name} beside a value of all rows"))
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
