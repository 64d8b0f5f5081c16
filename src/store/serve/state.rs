//! In which state the data is, for writes that are done in one state only.
//!
//! A probe that is asked by a job of the writer says what that job finds: the writer does one thing at a
//! time, so nothing comes between the answer and what the job then writes. It must not know what the
//! condition is.

use std::sync::Arc;
use std::time::SystemTime;

use super::revision::Revision;
use crate::store::StoreState;

/// A state of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataState {
    /// Its name. None while a change is under way, and for what a write before in the same group has
    /// left: nobody has read that yet.
    pub revision: Option<Revision>,
    /// When reads began to show it; not before the file was opened.
    pub since: SystemTime,
}

/// Where a job of the writer, or whoever only reads, learns the state that it works on.
#[derive(Clone)]
pub struct StateProbe {
    pub(in crate::store) shared: Arc<StoreState>,
    pub(in crate::store) lineage: u64,
}

impl StateProbe {
    /// The state now.
    #[must_use]
    pub fn state(&self) -> DataState {
        let generation = self.shared.current();
        let changes = generation.changes();
        if changes.is_pending() {
            return DataState {
                revision: None,
                since: SystemTime::now(),
            };
        }
        DataState {
            revision: self.shared.revision(self.lineage),
            since: changes.since(),
        }
    }
}
