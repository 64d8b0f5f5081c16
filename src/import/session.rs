//! What a script's statements leave to those behind them: user variables and `LAST_INSERT_ID()`.
//!
//! A value that is not known keeps its reason, so that only a statement that needs it fails. It must not know
//! tables.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::computed::Occasion;
use crate::evaluate::{Datum, DatumKind, Unevaluable};

/// The session of a script.
pub(super) struct ScriptSession {
    pub(super) occasion: Occasion,
    variables: RefCell<HashMap<String, Variable>>,
    last_insert_id: RefCell<Result<u64, Unevaluable>>,
    /// The first number that the present `INSERT` has given.
    generated: Cell<Option<u64>>,
    has_generated: Cell<bool>,
    /// A function that only a server could answer is behind a variable that was read.
    by_server: Cell<Option<&'static str>>,
}

#[derive(Debug, Clone)]
struct Variable {
    value: Result<Datum, Unevaluable>,
    by_server: Option<&'static str>,
}

impl ScriptSession {
    pub(super) fn new(occasion: Occasion) -> Self {
        Self {
            occasion,
            variables: RefCell::default(),
            last_insert_id: RefCell::new(Ok(0)),
            generated: Cell::new(None),
            has_generated: Cell::new(false),
            by_server: Cell::new(None),
        }
    }

    /// Gives a variable a value, or the reason why it has none that is known.
    pub(super) fn set(
        &self,
        name: &str,
        value: Result<Datum, Unevaluable>,
        by_server: Option<&'static str>,
    ) {
        let variable = Variable {
            value: value.map(kept),
            by_server,
        };
        self.variables
            .borrow_mut()
            .insert(name.to_owned(), variable);
    }

    /// The value of a variable; one that nobody has set is NULL.
    pub(super) fn get(&self, name: &str) -> Result<Datum, Unevaluable> {
        let variables = self.variables.borrow();
        let Some(variable) = variables.get(name) else {
            return Ok(Datum::NULL);
        };
        if variable.by_server.is_some() {
            self.by_server.set(variable.by_server);
        }
        variable
            .value
            .clone()
            .map_err(|reason| format!("the variable @{name}, whose value is not known: {reason}"))
    }

    /// What only a server could have answered, among the variables that were read since it was asked last.
    pub(super) fn take_by_server(&self) -> Option<&'static str> {
        self.by_server.take()
    }

    pub(super) fn last_insert_id(&self) -> Result<u64, Unevaluable> {
        self.last_insert_id.borrow().clone()
    }

    /// An `INSERT` begins.
    pub(super) fn begin_insert(&self) {
        self.has_generated.set(false);
    }

    /// Rows of a table that is not wanted may have been given numbers.
    pub(super) fn pass_over(&self, table: &str) {
        *self.last_insert_id.borrow_mut() = Err(format!(
            "LAST_INSERT_ID() behind rows of table {table}, which are not imported"
        ));
    }

    /// A row was given a number, which counts if it is the first of its `INSERT`.
    pub(super) fn generate(&self, number: i64) {
        if !self.has_generated.replace(true) {
            self.generated.set(u64::try_from(number).ok());
        }
    }

    /// Rows are stored; `known` if each of them has the number that it was given.
    pub(super) fn end_insert(&self, known: bool) {
        let Some(number) = self.generated.take() else {
            return;
        };
        *self.last_insert_id.borrow_mut() = if known {
            Ok(number)
        } else {
            Err("LAST_INSERT_ID() behind an INSERT that met duplicates".to_owned())
        };
    }
}

/// A value as a variable holds it: there are no dates among them.
fn kept(datum: Datum) -> Datum {
    match datum {
        Datum::Date(_) | Datum::DateTime(..) | Datum::Time(..) | Datum::Member(..) => {
            Datum::text(datum.shown().unwrap_or_default())
        }
        Datum::Null(DatumKind::Date | DatumKind::DateTime(_) | DatumKind::Time(_)) => {
            Datum::Null(DatumKind::Text)
        }
        Datum::Digits(bytes) => Datum::Bytes(bytes),
        datum => datum,
    }
}
