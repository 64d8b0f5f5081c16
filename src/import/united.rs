//! The types of the columns of a `UNION`.
//!
//! A server finds one type for all its queries, also for those without rows. Where they differ, values would be
//! written in a form that is not known here, so that is an error with its reason. It must not read rows.

use super::query::{ScriptView, has_assignments, items};
use super::table_row::TableRow;
use crate::evaluate::{Datum, DatumKind, Formula, SelectQuery, SelectedItem, Unevaluable};

/// Takes note of the types of a row, by column; an error where another row has others.
pub(super) fn see(kinds: &mut Vec<DatumKind>, row: &[Datum]) -> Result<(), Unevaluable> {
    if kinds.is_empty() {
        kinds.resize(row.len(), DatumKind::Nothing);
    }
    if kinds.len() != row.len() {
        return Err("UNION of rows of different lengths".to_owned());
    }
    for (known, own) in kinds.iter_mut().zip(row) {
        match (*known, own.kind()) {
            (_, DatumKind::Nothing) => {}
            (DatumKind::Nothing, own) => *known = own,
            (known, own) if known == own => {}
            _ => return Err("UNION of different types".to_owned()),
        }
    }
    Ok(())
}

impl ScriptView<'_> {
    /// Values of the types that the columns of a query without rows have.
    pub(super) fn no_row(&self, query: &SelectQuery) -> Result<Vec<Datum>, Unevaluable> {
        let unknown = || "UNION with a query that has no rows".to_owned();
        if has_assignments(query) || !query.joins.is_empty() {
            return Err(unknown());
        }
        let row: Vec<Datum> = match &query.from {
            Some(named) => TableRow::empty(self, self.find(named)?, named).values(query)?,
            None => {
                let values = items(query)?.into_iter().map(|item| item.evaluate(self));
                values.collect::<Result<_, _>>()?
            }
        };
        let is_null = |item: Option<&SelectedItem>| {
            matches!(
                item,
                Some(SelectedItem::Value(Formula::Value(Datum::Null(_))))
            )
        };
        let mut kinds = row.iter().map(Datum::kind).enumerate();
        let is_known = |(at, kind)| kind != DatumKind::Nothing || is_null(query.items.get(at));
        if kinds.all(is_known) {
            Ok(row)
        } else {
            Err(unknown())
        }
    }
}
