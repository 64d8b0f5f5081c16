//! What SQLite can say of the rows that a condition may hold for, so that the evaluator looks at fewer.
//!
//! A condition here holds for all rows that may match, and for others. It must not decide anything.

use rusqlite::types::Value;

use super::query::ScriptView;
use super::table::ImportTable;
use crate::dump::ValueType;
use crate::evaluate::{self, Datum, Formula, NamedTable};
use crate::file::sql::quoted;

impl ScriptView<'_> {
    /// A condition of SQLite that holds for all rows that may match, and its parameters.
    pub(super) fn prefilter(
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
                ) if is_constant(value) || self.is_outer_number(table, named, name, value) => {
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

    /// Whether a value of the row around the query says which row's number is meant.
    fn is_outer_number(
        &self,
        table: &ImportTable,
        named: &NamedTable,
        column: &str,
        value: &Formula,
    ) -> bool {
        let is_number =
            table.layout.rowid.is_some() && table.layout.rowid == table.layout.index_of(column);
        let is_own = |qualifier: Option<&str>, name: &str| is_own(table, named, qualifier, name);
        self.outer.is_some() && is_number && is_outer(value, &is_own)
    }
}

/// Whether a name means a column of the table, in a query over nothing else.
pub(super) fn is_own(
    table: &ImportTable,
    named: &NamedTable,
    qualifier: Option<&str>,
    name: &str,
) -> bool {
    match qualifier {
        Some(qualifier) => named.is_called(qualifier),
        None => table.layout.index_of(name).is_some(),
    }
}

/// Whether a value depends on columns, and on none of `is_own`, and is the same each time for them.
pub(super) fn is_outer(value: &Formula, is_own: &dyn Fn(Option<&str>, &str) -> bool) -> bool {
    let (mut outer, mut names) = (true, false);
    value.parts(&mut |part| match part {
        Formula::Column(qualifier, name) => {
            names = true;
            outer &= !is_own(qualifier.as_deref(), name);
        }
        Formula::Value(_) | Formula::Truth(_) => {}
        Formula::Call(function, ..) => outer &= !evaluate::needs_server(function.name, false),
        _ => outer = false,
    });
    outer && names
}

/// The column that a condition says to equal a value of the row around the query, and that value; nothing where the
/// condition depends on variables.
pub(super) fn outer_equality<'f>(
    filter: &'f Formula,
    is_own: &dyn Fn(Option<&str>, &str) -> bool,
) -> Option<(&'f str, &'f Formula)> {
    let mut varies = false;
    filter.all_parts(&mut |part| {
        varies |= matches!(part, Formula::Variable(_) | Formula::Assign(..));
    });
    let mut pending = vec![filter];
    while let Some(formula) = pending.pop() {
        let Formula::Call(function, arguments, _) = formula else {
            continue;
        };
        match (function.name, arguments.as_slice()) {
            ("AND", both) => pending.extend(both),
            ("=", [a, b]) => {
                for (column, value) in [(a, b), (b, a)] {
                    if let Formula::Column(qualifier, name) = column
                        && is_own(qualifier.as_deref(), name)
                        && is_outer(value, is_own)
                        && !varies
                    {
                        return Some((name, value));
                    }
                }
            }
            _ => {}
        }
    }
    None
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
