//! A stored row as the evaluator sees it: cells of SQLite with the types of their columns on the server.
//!
//! Columns of types whose text or number is the server's own matter (FLOAT(7,2), ZEROFILL, JSON) are not known here;
//! an expression over them is refused.

use rusqlite::types::ValueRef;

use super::table::ImportTable;
use crate::dump::{Charset, ColumnDefinition, ValueType};
use crate::evaluate::{
    Collation, Datum, DatumKind, Exact, Rule, Strength, Surroundings, Unevaluable,
};

/// The columns of a row, by name.
pub(super) struct RowValues {
    pub(super) columns: Vec<(String, Result<Datum, Unevaluable>)>,
}

impl Surroundings for RowValues {
    fn column(&self, _: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        let mut columns = self.columns.iter();
        let found = columns.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map_or_else(
            || Err(format!("the unknown name {name}")),
            |(_, datum)| datum.clone(),
        )
    }
}

/// The value of a cell of the column at `index`.
pub(super) fn datum(
    table: &ImportTable,
    index: usize,
    cell: ValueRef<'_>,
) -> Result<Datum, Unevaluable> {
    let stored = &table.layout.columns[index];
    let unknown = || {
        format!(
            "column {}, whose values as the server has them are not known",
            stored.name
        )
    };
    let column = table.definition.column(&stored.name).ok_or_else(unknown)?;
    let kind = kind_of(column, &stored.kind).ok_or_else(unknown)?;
    let text = match cell {
        ValueRef::Null => return Ok(Datum::Null(kind)),
        ValueRef::Integer(number) => {
            return Ok(match kind {
                DatumKind::Unsigned => {
                    Datum::Unsigned(u64::try_from(number).map_err(|_| unknown())?)
                }
                _ => Datum::Int(number),
            });
        }
        ValueRef::Real(number) if is_single(column) => return Datum::stored_single(number),
        ValueRef::Real(number) => return Datum::double(number),
        ValueRef::Blob(bytes) => return Ok(Datum::Bytes(bytes.to_vec(), Strength::Column)),
        ValueRef::Text(text) => std::str::from_utf8(text).map_err(|_| unknown())?,
    };
    Ok(match &stored.kind {
        ValueType::Unsigned => Datum::Unsigned(text.parse().map_err(|_| unknown())?),
        ValueType::Decimal(scale) => {
            Datum::Decimal(Exact::parse(text).ok_or_else(unknown)?, *scale)
        }
        ValueType::Date => Datum::stored_date(text).ok_or_else(unknown)?,
        ValueType::DateTime(fraction) => Datum::stored_time(text, *fraction).ok_or_else(unknown)?,
        ValueType::Time(fraction) => Datum::stored_span(text, *fraction).ok_or_else(unknown)?,
        ValueType::Enum(members, _) => {
            let place = members.iter().position(|member| member == text);
            let number = place.map_or(0, |place| place as u64 + 1);
            Datum::Member(
                text.to_owned(),
                number,
                collation(table, column, &stored.kind),
            )
        }
        ValueType::Set(members, _) => {
            let has = |member: &String| text.split(',').any(|part| part == member);
            let chosen = (0..64)
                .zip(members.iter())
                .filter(|(_, member)| has(member));
            let bits = chosen.fold(0_u64, |bits, (place, _)| bits | 1 << place);
            Datum::Member(
                text.to_owned(),
                bits,
                collation(table, column, &stored.kind),
            )
        }
        _ => Datum::Text(text.to_owned(), collation(table, column, &stored.kind)),
    })
}

/// The type of a column on the server; `None` where its values are not known.
fn kind_of(column: &ColumnDefinition, kind: &ValueType) -> Option<DatumKind> {
    let of = &column.column_type;
    Some(match kind {
        _ if of.zerofill => return None,
        ValueType::Integer if of.name == "YEAR" => return None,
        ValueType::Integer if of.unsigned => DatumKind::Unsigned,
        ValueType::Integer => DatumKind::Int,
        ValueType::Unsigned => DatumKind::Unsigned,
        ValueType::Real if of.arguments.is_empty() => DatumKind::Double,
        ValueType::Decimal(scale) => DatumKind::Decimal(*scale),
        ValueType::Date => DatumKind::Date,
        ValueType::DateTime(fraction) => DatumKind::DateTime(*fraction),
        ValueType::Time(fraction) => DatumKind::Time(*fraction),
        ValueType::Text(_) | ValueType::Char(_)
            if !["JSON", "UUID", "INET4", "INET6", "XMLTYPE"].contains(&of.name.as_str()) =>
        {
            DatumKind::Text
        }
        ValueType::Enum(..) | ValueType::Set(..) => DatumKind::Text,
        ValueType::Blob | ValueType::FixedBlob(_) => DatumKind::Bytes,
        _ => return None,
    })
}

/// Whether numbers of a column have 32 bits.
pub(super) fn is_single(column: &ColumnDefinition) -> bool {
    let of = &column.column_type;
    of.arguments.is_empty() && ["FLOAT", "FLOAT4"].contains(&of.name.as_str())
}

/// A number in the fewest digits that are the same number of 32 bits.
pub(super) fn of_32_bits(number: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "as many bits as the column has"
    )]
    let single = number as f32;
    single.to_string().parse().unwrap_or(number)
}

pub(super) fn collation(
    table: &ImportTable,
    column: &ColumnDefinition,
    kind: &ValueType,
) -> Collation {
    let named = column.collation.as_ref().or(match column.charset {
        None => table.definition.collation.as_ref(),
        Some(_) => None,
    });
    Collation {
        rule: named.map_or(Rule::Folded { pads: None }, |name| Collation::named(name)),
        strength: Strength::Column,
        utf8: matches!(
            kind,
            ValueType::Text(Charset::Utf8)
                | ValueType::Char(Charset::Utf8)
                | ValueType::Enum(_, Charset::Utf8)
                | ValueType::Set(_, Charset::Utf8)
        ),
        ..Collation::LITERAL
    }
}
