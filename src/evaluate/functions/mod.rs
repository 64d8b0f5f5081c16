//! The functions and operators that are known, in tables by what they are about.
//!
//! A function that is in none of the tables is refused with its name; `docs/import.md` lists them all, and
//! a test compares.

mod addresses;
mod bytes;
mod calendar;
mod control;
mod date;
mod format;
mod json;
mod logic;
mod math;
mod operators;
mod server;
mod str_to_date;
mod strings;
mod words;

use super::formula::Function;
pub(super) use json::items;
pub(super) use logic::WHEN;

/// All tables.
const TABLES: &[&[Function]] = &[
    operators::FUNCTIONS,
    logic::FUNCTIONS,
    control::FUNCTIONS,
    strings::FUNCTIONS,
    words::FUNCTIONS,
    bytes::FUNCTIONS,
    addresses::FUNCTIONS,
    math::FUNCTIONS,
    date::FUNCTIONS,
    calendar::FUNCTIONS,
    format::FUNCTIONS,
    json::FUNCTIONS,
    server::FUNCTIONS,
];

/// The function of that name, in upper case.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    let mut all = TABLES.iter().flat_map(|table| table.iter());
    all.find(|function| function.name == name)
}

/// The names of all functions and operators.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLES
        .iter()
        .flat_map(|table| table.iter())
        .map(|function| function.name)
}

pub(crate) use server::needs_server;
