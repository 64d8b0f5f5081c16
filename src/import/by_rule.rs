//! Which expressions have the same value in SQLite as on a server, whatever the row holds.
//!
//! Only these stay in the file as expressions: whole numbers added, joined texts, choices and comparisons of
//! values of one type. All others are right for the rows of the dump at best.

use crate::dump::{TableDefinition, ValueType};
use crate::evaluate::{Datum, Formula};

/// A type that both databases treat alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alike {
    Null,
    Whole,
    /// Without negative numbers: a difference that would be one is an error or 0 on a server.
    Unsigned,
    Text,
    Truth,
}

/// Whether SQLite computes what the server does; what it is that may differ, otherwise.
pub(super) fn same(formula: &Formula, table: &TableDefinition) -> Result<(), String> {
    alike(formula, table).map(drop)
}

fn alike(formula: &Formula, table: &TableDefinition) -> Result<Alike, String> {
    let (function, arguments) = match formula {
        Formula::Value(Datum::Null(_)) => return Ok(Alike::Null),
        Formula::Value(Datum::Int(_)) | Formula::Truth(_) => return Ok(Alike::Whole),
        Formula::Value(Datum::Text(..)) => return Ok(Alike::Text),
        Formula::Value(_) => return Err("a literal of another type".to_owned()),
        Formula::Variable(name) => return Err(format!("the variable @{name}")),
        Formula::Assign(..)
        | Formula::Aggregate(..)
        | Formula::Joined(_)
        | Formula::Query(_)
        | Formula::Exists(_)
        | Formula::Among(..) => {
            return Err("a query".to_owned());
        }
        Formula::Proposed(_) | Formula::Default(_) => {
            return Err("a value of another row".to_owned());
        }
        Formula::Cast(..) => return Err("a CAST".to_owned()),
        Formula::Column(_, name) => return column(name, table),
        Formula::Call(function, arguments, _) => (function.name, arguments),
    };
    let kinds: Vec<Alike> = arguments
        .iter()
        .map(|argument| alike(argument, table))
        .collect::<Result<_, _>>()?;
    let all = |wanted: Alike| {
        kinds
            .iter()
            .all(|&kind| kind == wanted || kind == Alike::Null)
    };
    let numbers = || {
        let number = |kind: &Alike| matches!(kind, Alike::Whole | Alike::Truth | Alike::Null);
        kinds.iter().all(number)
    };
    // None of them is negative.
    let counts = || {
        kinds.iter().zip(arguments).all(|(kind, argument)| {
            *kind == Alike::Unsigned
                || matches!(
                    argument,
                    Formula::Value(Datum::Int(0..)) | Formula::Truth(_)
                )
        })
    };
    let other = || Err(format!("{function}, whose rules are others in SQLite"));
    match function {
        "+" | "-" | "*" | "DIV" | "MOD" | "NEG" if numbers() => Ok(Alike::Whole),
        "+" | "*" | "DIV" | "MOD" | "IFNULL" | "COALESCE" if counts() => Ok(Alike::Unsigned),
        "CONCAT"
            if kinds
                .iter()
                .all(|kind| matches!(kind, Alike::Text | Alike::Whole | Alike::Unsigned)) =>
        {
            Ok(Alike::Text)
        }
        "=" | "<>" | "<" | "<=" | ">" | ">=" | "<=>" | "IN" | "BETWEEN" | "AND" | "OR" | "NOT"
            if numbers() || counts() =>
        {
            Ok(Alike::Truth)
        }
        "ISNULL" => Ok(Alike::Truth),
        "IF" if matches!(kinds[0], Alike::Whole | Alike::Unsigned | Alike::Truth) => {
            common(&kinds[1..]).map_or_else(other, Ok)
        }
        "IFNULL" | "COALESCE" if all(Alike::Whole) => Ok(Alike::Whole),
        "IFNULL" | "COALESCE" if all(Alike::Text) => Ok(Alike::Text),
        _ => other(),
    }
}

/// The type of a choice among these.
fn common(kinds: &[Alike]) -> Option<Alike> {
    let mut found = Alike::Null;
    for &kind in kinds {
        let kind = if kind == Alike::Truth {
            Alike::Whole
        } else {
            kind
        };
        match (found, kind) {
            (Alike::Null, kind) => found = kind,
            (_, Alike::Null) => {}
            (found, kind) if found == kind => {}
            _ => return None,
        }
    }
    Some(found)
}

fn column(name: &str, table: &TableDefinition) -> Result<Alike, String> {
    let other = || format!("column {name}, whose type SQLite does not have");
    let column = table.column(name).ok_or_else(other)?;
    match ValueType::of(column, table) {
        Some(ValueType::Integer)
            if !column.column_type.zerofill && column.column_type.name != "YEAR" =>
        {
            Ok(if column.column_type.unsigned {
                Alike::Unsigned
            } else {
                Alike::Whole
            })
        }
        Some(
            ValueType::Text(_) | ValueType::Char(_) | ValueType::Enum(..) | ValueType::Set(..),
        ) => Ok(Alike::Text),
        _ => Err(other()),
    }
}
