//! JSON made of values, as MariaDB writes it: MySQL sorts the keys of an object.
//!
//! What a value is in JSON depends on the expression that it comes from: a comparison is `true`, and JSON stays what
//! it is. So each argument is wrapped by what it is in a function of its own, which writes its item.

use super::super::collation::Collation;
use super::super::datum::{Datum, Shown};
use super::super::formula::{Formula, Function};
use super::super::{Surroundings, Unevaluable};
use super::strings::plain;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(ARRAY, (0, usize::MAX), array),
    Function::new(OBJECT, (0, usize::MAX), object),
    Function::new("JSON_QUOTE", (1, 1), |values, _| match &values[0] {
        Datum::Null(kind) => Ok(Datum::Null(*kind)),
        Datum::Text(text, _) => Ok(Datum::Text(quoted(text), Collation::JSON)),
        _ => Err("JSON_QUOTE of what is no text".to_owned()),
    }),
];

const ARRAY: &str = "JSON_ARRAY";
const OBJECT: &str = "JSON_OBJECT";

/// Comparisons and logic: an item of JSON is `true` or `false`.
const CONDITIONS: &[&str] = &[
    "=", "<>", "<=>", "<", "<=", ">", ">=", "AND", "OR", "XOR", "NOT", "ISNULL", "IS TRUE",
    "IS FALSE", "IN", "BETWEEN", "LIKE", "WHEN",
];

/// What gives one of its arguments.
const CHOICES: &[&str] = &[
    "IF",
    "CASE",
    "IFNULL",
    "NVL",
    "COALESCE",
    "NULLIF",
    "GREATEST",
    "LEAST",
    "ANY_VALUE",
];

static ITEM: Function = Function::new("an item of JSON", (1, 1), |values, _| {
    item(&values[0]).map(plain)
});

static CONDITION: Function = Function::new("an item of JSON", (1, 1), |values, _| {
    let item = values[0]
        .is_true()?
        .map_or("null", |is_true| if is_true { "true" } else { "false" });
    Ok(plain(item.to_owned()))
});

static NESTED: Function = Function::new("an item of JSON", (1, 1), |values, _| {
    Ok(plain(
        values[0].shown().unwrap_or_else(|| "null".to_owned()),
    ))
});

static UNCERTAIN: Function = Function::new("an item of JSON", (1, 1), |values, _| {
    let may_be_json = |text: &str| {
        let text = text.trim_start();
        text.starts_with(|first: char| matches!(first, '{' | '[' | '"' | '-' | '0'..='9'))
            || ["true", "false", "null"].contains(&text.trim_end())
    };
    match &values[0] {
        Datum::Text(text, _) if may_be_json(text) => {
            Err("JSON of what may be JSON itself".to_owned())
        }
        value => item(value).map(plain),
    }
});

static CHOSEN: Function =
    Function::new(
        "an item of JSON",
        (1, 1),
        |values, surroundings| match &values[0] {
            Datum::Int(0 | 1) => Err("JSON of what may be a condition".to_owned()),
            _ => (UNCERTAIN.apply)(values, surroundings),
        },
    );

/// The arguments of `function` as items, if it makes JSON of them.
pub(in crate::evaluate) fn items(
    function: &'static Function,
    arguments: Vec<Formula>,
) -> Result<Vec<Formula>, Unevaluable> {
    if function.name != ARRAY && function.name != OBJECT {
        return Ok(arguments);
    }
    let is_key = |at: usize| function.name == OBJECT && at.is_multiple_of(2);
    let wrapped = arguments.into_iter().enumerate().map(|(at, argument)| {
        if is_key(at) {
            return Ok(argument);
        }
        let writer = match &argument {
            Formula::Truth(_) | Formula::Exists(_) | Formula::Among(..) => &CONDITION,
            Formula::Call(called, ..) => match called.name {
                ARRAY | OBJECT => &NESTED,
                name if CONDITIONS.contains(&name) => &CONDITION,
                name if CHOICES.contains(&name) => &CHOSEN,
                _ if argument.has_truth() => &CHOSEN,
                _ => &ITEM,
            },
            Formula::Query(_)
            | Formula::Assign(..)
            | Formula::Aggregate(..)
            | Formula::Joined(_) => &CHOSEN,
            Formula::Column(..) | Formula::Proposed(_) | Formula::Default(_) => &UNCERTAIN,
            _ => &ITEM,
        };
        Formula::call(writer, vec![argument])
    });
    wrapped.collect()
}

/// A text as an item, with what MariaDB escapes.
fn quoted(text: &str) -> String {
    let mut item = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => item.push_str("\\\""),
            '\\' => item.push_str("\\\\"),
            '\n' => item.push_str("\\n"),
            '\r' => item.push_str("\\r"),
            '\t' => item.push_str("\\t"),
            '\u{8}' => item.push_str("\\b"),
            '\u{c}' => item.push_str("\\f"),
            '\0'..='\u{1f}' => item.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => item.push(letter),
        }
    }
    item.push('"');
    item
}

fn item(value: &Datum) -> Result<String, Unevaluable> {
    match value {
        Datum::Null(_) => Ok("null".to_owned()),
        Datum::Int(_)
        | Datum::Unsigned(_)
        | Datum::Decimal(..)
        | Datum::Double(_, Shown::Plain) => {
            let letters = value.letters()?;
            Ok(letters.map_or_else(String::new, |letters| letters.units.iter().collect()))
        }
        Datum::Text(text, _) | Datum::Member(text, ..) => Ok(quoted(text)),
        Datum::Date(_) | Datum::DateTime(..) | Datum::Time(..) => {
            Ok(quoted(&value.shown().unwrap_or_default()))
        }
        _ => Err("JSON of a value that servers write differently".to_owned()),
    }
}

/// The items that the arguments have been made.
fn written(values: &[Datum]) -> impl Iterator<Item = String> {
    values.iter().map(|value| value.shown().unwrap_or_default())
}

fn array(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let items: Vec<String> = written(values).collect();
    Ok(plain(format!("[{}]", items.join(", "))))
}

fn object(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let (pairs, rest) = values.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("JSON_OBJECT of a key without a value".to_owned());
    }
    let pairs = pairs.iter().map(|[key, value]| match key {
        Datum::Text(key, _) | Datum::Member(key, ..) => {
            let value = value.shown().unwrap_or_default();
            Ok(format!("{}: {value}", quoted(key)))
        }
        _ => Err("a key of JSON that is no text".to_owned()),
    });
    let pairs: Vec<String> = pairs.collect::<Result<_, Unevaluable>>()?;
    Ok(plain(format!("{{{}}}", pairs.join(", "))))
}
