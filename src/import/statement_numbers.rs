//! The numbers of `AUTO_INCREMENT` that one `INSERT … ON DUPLICATE KEY UPDATE` is handed out.
//!
//! A row whose key is there already gives its number back to the next row of the statement, but not to the table:
//! `InnoDB` reserves numbers for all rows of a statement when the first one asks. Engines without transactions take a
//! number only for a row that is stored. Which rows are is decided by `upserts`.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::numbering::Numbered;
use super::server_settings::NumberSteps;
use super::session::ScriptSession;
use super::table::ImportTable;
use crate::dump::InsertHeader;
use crate::load::LoadError;
use crate::load::batch::Batch;

/// The numbers of a statement.
#[derive(Debug, Clone, Default)]
pub(super) struct StatementNumbers {
    /// The rows of the statement.
    rows: i64,
    /// The number that is handed out next, once one was.
    next: Option<i64>,
    /// The one behind those that are reserved.
    end: i64,
    /// How often numbers were reserved.
    reservations: u32,
    /// Rows for which they still are.
    pending: i64,
    /// What `next` was before the present row, and the number that it was handed out.
    before: Option<i64>,
    given: Option<i64>,
}

impl StatementNumbers {
    /// More rows come, which are those of a new statement if it is the `first` time.
    pub(super) fn expect(&mut self, rows: usize, first: bool, counter: &mut i64) {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        if first {
            *self = Self {
                rows,
                ..Self::default()
            };
            return;
        }
        self.rows = self.rows.saturating_add(rows);
        if self.reservations == 1 && self.end == *counter {
            // They would have been reserved at once.
            self.end = self.end.saturating_add(rows);
            self.pending = self.pending.saturating_add(rows);
            *counter = self.end;
        }
    }

    /// A number for a row that asks for one; `counter` is the table's next one, `forced` what a script has said.
    pub(super) fn ask(
        &mut self,
        counter: &mut i64,
        steps: NumberSteps,
        forced: Option<i64>,
        lasting: bool,
    ) -> i64 {
        self.before = self.next;
        let next = self.next.unwrap_or(0);
        let number = if let Some(forced) = forced.filter(|_| next == 0) {
            self.end = i64::MAX;
            forced
        } else if next > 0 && next < self.end {
            next
        } else {
            self.reserve(next, counter, steps, lasting)
        };
        self.given = Some(number);
        self.next = Some(steps.after(number));
        number
    }

    fn reserve(&mut self, next: i64, counter: &mut i64, steps: NumberSteps, lasting: bool) -> i64 {
        if lasting {
            self.end = i64::MAX;
            return steps.at_least(next.max(*counter));
        }
        let mut first = next;
        if self.pending == 0 {
            self.pending = match self.reservations {
                0 => self.rows.max(1),
                times => 1 << times.min(16),
            };
            first = steps.at_least(next.max(*counter));
        }
        self.reservations += 1;
        self.end = first.saturating_add(self.pending.saturating_mul(steps.step()));
        *counter = (*counter).max(self.end);
        first
    }

    /// A row brings its own number.
    pub(super) fn bring(&mut self, number: i64) {
        self.before = self.next;
        self.given = None;
        self.pass(number);
    }

    /// Numbers that were handed out go on behind `number`.
    pub(super) fn pass(&mut self, number: i64) {
        if self.next.is_some_and(|next| next > 0 && number >= next) {
            self.next = Some(number.saturating_add(1));
        }
    }

    /// The row is dealt with.
    pub(super) fn end_row(&mut self) {
        self.pending = (self.pending - 1).max(0);
    }

    /// The key of the present row is there already: its number is the next row's.
    pub(super) fn give_back(&mut self) {
        self.next = self.before.or(self.given);
    }
}

impl ImportTable {
    /// The column that is numbered, if rows of a batch ask for numbers or numbers were given before.
    pub(super) fn begin_numbers(
        &mut self,
        connection: &Connection,
        header: &InsertHeader,
        columns: &[usize],
        batch: &Batch,
    ) -> Result<Option<Numbered>, LoadError> {
        let Some(numbered) = self.numbered_column() else {
            return Ok(None);
        };
        if !numbered.group.is_empty() {
            return Ok(Some(numbered));
        }
        let at = columns.iter().position(|&index| index == numbered.index);
        let mut cells = batch.cells.iter();
        let asks = at.is_none_or(|at| {
            let mut cells = cells.by_ref().skip(at).step_by(columns.len());
            cells.any(|cell| asks(&batch.value(cell), header))
        });
        if self.next_number.is_none() && !asks {
            return Ok(None);
        }
        self.remember_number(connection)?;
        Ok(Some(numbered))
    }

    /// At the row `row` of a batch a statement begins, or goes on from the batch before.
    pub(super) fn begin_statement(
        &mut self,
        session: &ScriptSession,
        batch: &Batch,
        row: usize,
        updates: bool,
    ) {
        let is_first = batch.places[row].first;
        if is_first {
            session.begin_insert();
        }
        let others = batch.places[row + 1..].iter();
        let own = batch.places[row].position.byte;
        // How many rows a query has nobody knows before; they all stand where it does.
        let queried = others
            .clone()
            .next()
            .is_some_and(|next| next.position.byte == own);
        let rows = if updates && queried {
            1
        } else {
            1 + others.take_while(|place| !place.first).count()
        };
        if let Some(counter) = &mut self.next_number {
            self.statement_numbers.expect(rows, is_first, counter);
        }
    }

    /// Gives a row a number if it asks for one; whether it does.
    pub(super) fn take_number(
        &mut self,
        (connection, session): (&Connection, &ScriptSession),
        header: &InsertHeader,
        numbered: &Numbered,
        cells: &mut [Value],
    ) -> Result<bool, LoadError> {
        let index = numbered.index;
        if !asks(&cells[index], header) {
            if let Some(number) = whole(&cells[index]).filter(|&number| number > 0) {
                self.statement_numbers.bring(number);
            }
            return Ok(false);
        }
        let number = if numbered.group.is_empty() {
            let lasting = self.definition.lasting;
            match &mut self.next_number {
                Some(counter) => {
                    let forced = session.forced.take();
                    let steps = session.steps();
                    self.statement_numbers.ask(counter, steps, forced, lasting)
                }
                None => 1,
            }
        } else {
            let all: Vec<usize> = (0..cells.len()).collect();
            let values = numbered.group.iter().map(|&index| &cells[index]);
            let highest: i64 = connection
                .prepare_cached(&self.highest_of_group(numbered, &all))
                .and_then(|mut select| select.query_row(params_from_iter(values), |row| row.get(0)))
                .map_err(|cause| self.sqlite(&cause))?;
            session.next_in_group(highest.saturating_add(1))
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "a floating-point column counts no further than the server's does"
        )]
        let value = match self.layout.columns[index].storage {
            "REAL" => Value::Real(number as f64),
            _ => Value::Integer(number),
        };
        cells[index] = value;
        Ok(true)
    }

    /// A row is stored, or was not because a key of it is there already.
    pub(super) fn end_number(
        &mut self,
        session: &ScriptSession,
        numbered: &Numbered,
        cells: &[Value],
        (is_stored, asked): (bool, bool),
    ) {
        self.statement_numbers.end_row();
        if !is_stored {
            self.statement_numbers.give_back();
            return;
        }
        let Some(number) = whole(&cells[numbered.index]) else {
            return;
        };
        if asked {
            session.generate(number);
        }
        self.count_to(number);
    }

    /// An assignment has given a column a value, which counts where the column is numbered.
    pub(super) fn number_assigned(&mut self, index: usize, value: &Value) {
        if self.numbered_index() == Some(index)
            && let Some(number) = whole(value)
        {
            self.count_to(number);
            self.statement_numbers.pass(number);
        }
    }

    fn count_to(&mut self, number: i64) {
        if let Some(counter) = &mut self.next_number {
            *counter = (*counter).max(number.saturating_add(1));
        }
    }
}

/// Whether a value of the column asks for a number.
fn asks(value: &Value, header: &InsertHeader) -> bool {
    value == &Value::Null || !header.zero_is_zero && whole(value) == Some(0)
}

fn whole(value: &Value) -> Option<i64> {
    match *value {
        Value::Integer(number) => Some(number),
        #[expect(clippy::cast_possible_truncation, reason = "as far as a column counts")]
        Value::Real(number) => Some(number as i64),
        _ => None,
    }
}
