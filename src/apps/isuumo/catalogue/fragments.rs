//! Rows as JSON, kept once they were read.
//!
//! In one generation a row's JSON never changes: nothing updates what it shows, and nothing takes an
//! id again. So what is kept is exact for as long as its generation lives. There is a limit on the
//! bytes; rows beyond it are read each time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Bytes that are kept of one list at most.
const BUDGET: usize = 12 * 1024 * 1024;

/// The JSON of rows by position.
#[derive(Debug)]
pub(super) struct Fragments {
    slots: Vec<OnceLock<Arc<[u8]>>>,
    used: AtomicUsize,
}

impl Fragments {
    pub(super) fn new(length: usize) -> Self {
        Self {
            slots: (0..length).map(|_| OnceLock::new()).collect(),
            used: AtomicUsize::new(0),
        }
    }

    pub(super) fn get(&self, position: usize) -> Option<&Arc<[u8]>> {
        self.slots[position].get()
    }

    /// Keeps a row's JSON if there is room.
    pub(super) fn keep(&self, position: usize, json: &[u8]) {
        if self.used.load(Ordering::Relaxed) + json.len() <= BUDGET {
            self.take_over(position, json.into());
        }
    }

    /// Keeps what another list has of the same row.
    pub(super) fn take_over(&self, position: usize, json: Arc<[u8]>) {
        let length = json.len();
        if self.slots[position].set(json).is_ok() {
            self.used.fetch_add(length, Ordering::Relaxed);
        }
    }
}
