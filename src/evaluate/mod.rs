//! MySQL's expressions, computed by MySQL's rules.
//!
//! A value in a dump may be an expression, and so are defaults and generated columns. SQLite's rules
//! are others: what is exact, which type a whole has, what a NULL or a wrong date is. So they are computed
//! here, with typed values. What is not known to be the same on a server is an error with its reason, never a
//! guess. It must not know tables, files or SQLite.
//!
//! # Layout
//! - [`Datum`], [`DatumKind`]: values and their types; `exact`, `number`, `moment`, `collation`: what
//!   they are made of
//! - [`Formula`]: an expression as a tree; `parse`, `parse_primary`: from text; `query`, `changing`: statements that hold some
//! - `cast`: from type to type; `functions`: everything that is called; `digest`: three checksums

mod cast;
mod changing;
mod choice;
mod collation;
mod datum;
mod digest;
mod exact;
mod formula;
mod functions;
mod join;
mod moment;
mod number;
mod parse;
mod parse_primary;
mod query;
#[cfg(test)]
mod tests;
mod totals;

pub(crate) use changing::{
    Assignment, Deletion, Update, assignments, deletion, joined_deletion, update,
};
pub(crate) use collation::{Collation, Rule, Strength};
pub(crate) use datum::{Datum, DatumKind, equal, order};
pub(crate) use exact::Exact;
pub(crate) use formula::{Aggregate, Formula};
pub(crate) use functions::needs_server;
pub(crate) use join::JoinedTable;
pub(crate) use query::{NamedTable, SelectQuery, SelectedItem, SortKey, selected_rows, selection};

pub(crate) use totals::{TextsOfRows, no_sum, with_value};

use crate::dump::SourceText;

/// Why something is not computed, as the object of "the value uses …".
pub(crate) type Unevaluable = String;

/// Computed values longer than this are refused: `REPEAT('x', 1000000000)` is short to write.
const LONGEST: usize = 16 * 1024 * 1024;

/// What time it is, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Of the statement: since 1970, in UTC.
    pub(crate) now: i64,
    /// As now, whatever a script says of the time.
    pub(crate) wall: i64,
    /// How far the clocks of the session are ahead of UTC.
    pub(crate) zone: i64,
}

/// What an expression may ask for beside its own literals.
pub(crate) trait Surroundings {
    /// The value of a column.
    fn column(&self, _table: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        Err(format!("the unknown name {name}"))
    }

    /// The value of a column of the row whose key is there already: `VALUES(name)`.
    fn proposed(&self, _name: &str) -> Result<Datum, Unevaluable> {
        Err("the function VALUES".to_owned())
    }

    /// What a column gets that is given no value: `DEFAULT(name)`.
    fn default(&self, _name: &str) -> Result<Datum, Unevaluable> {
        Err("the function DEFAULT".to_owned())
    }

    /// The value of a user variable, whose name is in lower case and without its `@`.
    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        Err(format!("the variable @{name}"))
    }

    /// Gives a user variable a value: `@a := 1`.
    fn assign(&self, name: &str, _value: &Datum) -> Result<(), Unevaluable> {
        Err(format!("an assignment to @{name}"))
    }

    /// The value of a query in parentheses.
    fn scalar(&self, _query: &SelectQuery) -> Result<Datum, Unevaluable> {
        Err("a query".to_owned())
    }

    /// Whether a query has rows.
    fn exists(&self, _query: &SelectQuery) -> Result<bool, Unevaluable> {
        Err("a query".to_owned())
    }

    /// Whether a value is among those that a query has; `None` if that is not known for a NULL.
    fn among(&self, _value: &Datum, _query: &SelectQuery) -> Result<Option<bool>, Unevaluable> {
        Err("a query".to_owned())
    }

    /// What is made of all rows of a query; of the rows themselves without `argument`.
    fn aggregate(
        &self,
        aggregate: Aggregate,
        _argument: Option<&Formula>,
    ) -> Result<Datum, Unevaluable> {
        Err(format!("the function {}", aggregate.name()))
    }

    /// The texts of all rows of a group.
    fn joined(&self, _texts: &TextsOfRows) -> Result<Datum, Unevaluable> {
        Err("the function GROUP_CONCAT".to_owned())
    }

    /// What time it is.
    fn clock(&self) -> Result<Clock, Unevaluable> {
        Err("the time".to_owned())
    }

    /// Bits that nobody can foresee.
    fn random(&self) -> u128 {
        0
    }

    /// The database in which the statement runs.
    fn database(&self) -> Result<Option<String>, Unevaluable> {
        Err("DATABASE()".to_owned())
    }

    /// The first number that the last `INSERT` was given.
    fn last_insert_id(&self) -> Result<u64, Unevaluable> {
        Err("LAST_INSERT_ID()".to_owned())
    }

    /// `LAST_INSERT_ID(number)`: what the next `LAST_INSERT_ID()` says.
    fn keep_insert_id(&self, _number: u64) -> Result<(), Unevaluable> {
        Err("LAST_INSERT_ID of a number".to_owned())
    }
}

/// Reads an expression.
pub(crate) fn parse(source: &SourceText) -> Result<Formula, Unevaluable> {
    parse::FormulaParser::new(source).whole()
}
