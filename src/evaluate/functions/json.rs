//! JSON made of values that every server writes alike.

use super::super::datum::Datum;
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable};
use super::strings::plain;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("JSON_ARRAY", (0, usize::MAX), array),
    Function::new("JSON_OBJECT", (0, usize::MAX), object),
    Function::new("JSON_QUOTE", (1, 1), |values, _| match &values[0] {
        Datum::Null(kind) => Ok(Datum::Null(*kind)),
        Datum::Text(text, _) => Ok(plain(quoted(text)?)),
        _ => Err("JSON_QUOTE of what is no text".to_owned()),
    }),
];

fn quoted(text: &str) -> Result<String, Unevaluable> {
    if text
        .chars()
        .any(|letter| letter.is_control() || letter == '/')
    {
        return Err("JSON of text that servers escape differently".to_owned());
    }
    Ok(format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

fn item(value: &Datum) -> Result<String, Unevaluable> {
    match value {
        Datum::Null(_) => Ok("null".to_owned()),
        Datum::Int(_) | Datum::Unsigned(_) => Ok(value.digits()),
        Datum::Text(text, _) => quoted(text),
        _ => Err("JSON of a value that servers write differently".to_owned()),
    }
}

fn array(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let items: Vec<String> = values.iter().map(item).collect::<Result<_, _>>()?;
    Ok(plain(format!("[{}]", items.join(", "))))
}

fn object(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    // MySQL sorts the keys, MariaDB does not.
    let (pairs, rest) = values.as_chunks::<2>();
    if pairs.len() > 1 || !rest.is_empty() {
        return Err("JSON_OBJECT of several keys, whose order servers choose".to_owned());
    }
    let parts: Vec<String> = pairs
        .iter()
        .map(|[key, value]| match key {
            Datum::Text(..) => Ok(format!("{}: {}", item(key)?, item(value)?)),
            _ => Err("a key of JSON that is no text".to_owned()),
        })
        .collect::<Result<_, _>>()?;
    Ok(plain(format!("{{{}}}", parts.join(", "))))
}
