//! The arguments of functions that choose among them: `IF`, `CASE`, `COALESCE`.
//!
//! A server computes only what is chosen, and of the rest it has the type: `IF(n > 4, n - 4, 0)` subtracts nothing
//! where `n` is 3. So an argument that is not chosen and has no value is its type, which it has where all columns
//! are NULL. What is chosen is decided by the functions themselves.

use super::datum::Datum;
use super::formula::{Aggregate, Formula};
use super::query::SelectQuery;
use super::totals::TextsOfRows;
use super::{Clock, Surroundings, Unevaluable};

/// The values of all arguments of a function.
pub(super) fn values(
    function: &str,
    arguments: &[Formula],
    surroundings: &dyn Surroundings,
) -> Result<Vec<Datum>, Unevaluable> {
    let own = |argument: &Formula| argument.evaluate(surroundings);
    let mut values: Vec<Datum> = Vec::with_capacity(arguments.len());
    let mut decided = false;
    for (at, argument) in arguments.iter().enumerate() {
        let is_wanted = match function {
            "IF" if at == 1 => values[0].is_true()? == Some(true),
            "IF" if at == 2 => values[0].is_true()? != Some(true),
            // The result behind a condition.
            "CASE" if !decided && at % 2 == 1 => {
                decided = values[at - 1].is_true()? == Some(true);
                decided
            }
            "CASE" => !decided,
            "IFNULL" | "NVL" | "COALESCE" => values.iter().all(Datum::is_null),
            _ => true,
        };
        values.push(match own(argument) {
            Err(reason) if !is_wanted => argument
                .evaluate(&TypesOnly(surroundings))
                .map_err(|_| reason)?,
            value => value?,
        });
    }
    Ok(values)
}

/// Surroundings in which everything is NULL of its type.
struct TypesOnly<'s>(&'s dyn Surroundings);

fn nothing(value: Result<Datum, Unevaluable>) -> Result<Datum, Unevaluable> {
    value.map(|datum| Datum::Null(datum.kind()))
}

impl Surroundings for TypesOnly<'_> {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        nothing(self.0.column(table, name))
    }

    fn proposed(&self, name: &str) -> Result<Datum, Unevaluable> {
        nothing(self.0.proposed(name))
    }

    fn default(&self, name: &str) -> Result<Datum, Unevaluable> {
        nothing(self.0.default(name))
    }

    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        nothing(self.0.variable(name))
    }

    fn scalar(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        nothing(self.0.scalar(query))
    }

    fn aggregate(
        &self,
        aggregate: Aggregate,
        argument: Option<&Formula>,
    ) -> Result<Datum, Unevaluable> {
        nothing(self.0.aggregate(aggregate, argument))
    }

    fn joined(&self, texts: &TextsOfRows) -> Result<Datum, Unevaluable> {
        nothing(self.0.joined(texts))
    }

    fn clock(&self) -> Result<Clock, Unevaluable> {
        self.0.clock()
    }
}
