//! `INSERT … SELECT … ON DUPLICATE KEY UPDATE`: what the assignments may name beside the columns of the table.
//!
//! Columns of the query's table are taken for those of the new row that they are stored in, which is the same where
//! both have one type. Everything else is refused before a row is stored.

use super::dumped_tables::ImportStorage;
use super::script::ScriptPlace;
use crate::dump::{InsertHeader, SourceText, Upsert};
use crate::evaluate::{self, Formula, SelectQuery, SelectedItem, Unevaluable};

/// What no column is called.
const NONE: &str = "\0";

impl ImportStorage<'_> {
    /// The assignments of a query's rows for the table at `index`, whose `columns` they go to.
    pub(super) fn upsert_of_query(
        &self,
        place: ScriptPlace<'_>,
        index: usize,
        (header, columns): (&InsertHeader, &[usize]),
        query: &SelectQuery,
        assignments: SourceText,
    ) -> Result<Upsert, Unevaluable> {
        let table = &self.tables[index];
        let view = self.view(place);
        let only = query.from.as_ref().filter(|_| {
            query.joins.is_empty() && query.united.is_empty() && query.group.is_empty()
        });
        let source = only.filter(|named| !named.is_called(&header.table));
        let from = source.map(|named| view.find(named)).transpose()?;
        let plain = |item: &SelectedItem| match item {
            SelectedItem::Value(Formula::Column(_, name)) => Some(name.clone()),
            _ => None,
        };
        let mut named: Vec<String> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let own = query.items.get(at).and_then(plain);
            let own = own.filter(|name| {
                let same = from.and_then(|from| {
                    let its = from.layout.index_of(name)?;
                    let (its, own) = (&from.layout.columns[its], &table.layout.columns[*column]);
                    Some(its.kind == own.kind && its.storage == own.storage)
                });
                same == Some(true)
            });
            named.push(own.unwrap_or_else(|| NONE.to_owned()));
        }
        let alias = source.map(|named| named.alias.as_ref().unwrap_or(&named.name).clone());
        let mut unknown = None;
        for (_, value) in evaluate::assignments(&assignments)? {
            let Some(value) = value else { continue };
            value.parts(&mut |part| {
                let Formula::Column(qualifier, name) = part else {
                    return;
                };
                let of_row = named.iter().any(|own| own.eq_ignore_ascii_case(name));
                let of_table = table.layout.index_of(name).is_some();
                let of_query = from.is_some_and(|from| from.layout.index_of(name).is_some());
                let known = match (qualifier, &alias) {
                    (Some(own), _) if own.eq_ignore_ascii_case(&header.table) => of_table,
                    (Some(own), Some(alias)) if own.eq_ignore_ascii_case(alias) => of_row,
                    (Some(_), _) => false,
                    (None, _) => of_table != of_query && (of_table || of_row),
                };
                if !known {
                    unknown = Some(format!("column {name} behind ON DUPLICATE KEY UPDATE"));
                }
            });
        }
        match unknown {
            Some(reason) => Err(reason),
            None => Ok(Upsert {
                alias,
                alias_columns: named,
                assignments,
            }),
        }
    }
}
