//! What a script's statements leave to those behind them: user variables and `LAST_INSERT_ID()`.
//!
//! A value that is not known keeps its reason, so that only a statement that needs it fails. It must not know
//! tables.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::computed::Occasion;
use super::server_settings::{NumberSteps, ServerSettings};
use crate::evaluate::{Clock, Datum, Unevaluable};

/// The session of a script.
pub(super) struct ScriptSession {
    occasion: Occasion,
    pub(super) settings: Cell<ServerSettings>,
    /// The first number that the next `INSERT` gives, whatever the table holds.
    pub(super) forced: Cell<Option<i64>>,
    /// The next number of the present `INSERT`, if its first one was such.
    forced_next: Cell<Option<i64>>,
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
            settings: Cell::default(),
            forced: Cell::new(None),
            forced_next: Cell::new(None),
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
            value: value.map(Datum::of_variable),
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

    /// `LAST_INSERT_ID(number)`, `SET last_insert_id`
    pub(super) fn set_last_insert_id(&self, number: u64) {
        *self.last_insert_id.borrow_mut() = Ok(number);
    }

    /// What time it is.
    pub(super) fn server_clock(&self) -> Clock {
        let settings = self.settings.get();
        Clock {
            now: settings.time.unwrap_or(self.occasion.now),
            wall: self.occasion.now,
            zone: settings.zone * 1_000_000,
        }
    }

    /// Which numbers are given.
    pub(super) fn steps(&self) -> NumberSteps {
        self.settings.get().numbers
    }

    /// An `INSERT` begins.
    pub(super) fn begin_insert(&self) {
        self.has_generated.set(false);
        self.forced_next.set(None);
    }

    /// Whether the present `INSERT` has given a number.
    pub(super) fn has_generated(&self) -> bool {
        self.has_generated.get()
    }

    /// The number of the next row, `usual` unless the script has said another one.
    pub(super) fn next_number(&self, usual: i64) -> i64 {
        let begins = !self.has_generated.get();
        let forced = self.forced_next.get();
        let forced = forced.or_else(|| self.forced.take().filter(|_| begins));
        let Some(number) = forced else {
            return self.steps().at_least(usual);
        };
        self.forced_next.set(Some(self.steps().after(number)));
        number
    }

    /// The number of the next row of a group: the script says that of the first one only.
    pub(super) fn next_in_group(&self, usual: i64) -> i64 {
        let begins = !self.has_generated.get();
        let forced = self.forced.take().filter(|_| begins);
        forced.unwrap_or_else(|| self.steps().at_least(usual))
    }

    /// A row of the present `INSERT` has come with a number.
    pub(super) fn see_number(&self, number: i64) {
        if let Some(next) = self.forced_next.get().filter(|&next| number >= next) {
            let after = self.steps().after(number);
            self.forced_next.set(Some(next.max(after)));
        }
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
