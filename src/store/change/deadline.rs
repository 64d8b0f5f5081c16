//! When the writer must have ended, once it is to end: what runs by then is interrupted and undone.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rusqlite::Connection;

/// The writer looks at the clock once in so many steps of SQLite's machine, some 0.1 ms.
const STEPS: i32 = 4_000;

/// None, until it is set; then it stays.
#[derive(Debug, Clone, Default)]
pub(super) struct Deadline(Arc<OnceLock<Instant>>);

impl Deadline {
    pub(super) fn set(&self, at: Instant) {
        // The first one counts: whoever ends it later does not give it more time.
        self.0.get_or_init(|| at);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.get().is_some()
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.get().is_some_and(|at| Instant::now() >= *at)
    }

    /// Has SQLite end a statement of `connection` that runs when it is over.
    pub(super) fn interrupt(&self, connection: &Connection) -> rusqlite::Result<()> {
        let deadline = self.clone();
        connection.progress_handler(STEPS, Some(move || deadline.is_over()))
    }
}
