//! One opened file with its readers (ARCHITECTURE.md, invariant 5).
//!
//! A request takes a generation once and uses nothing else, so it never sees a mixture of two. A
//! generation that was replaced lives until its last request ends; then its file is removed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;

use super::reader::{ReaderManager, TimeLimit};
use super::revision::{ChangeCounter, lineage_of_baked};
use crate::file::Identity;
use crate::file::provenance::Provenance;
use crate::store::open::acceptance::{Accepted, check};
use crate::store::open::files::{file_error, log_bytes, remove_generation};
use crate::store::open::place::Place;
use crate::store::open::pragmas::{Access, reader_flags, reader_uri, set_up_reader};
use crate::store::watch::figures::{Checkouts, Counters};
use crate::store::{Derived, StoreError, StoreOptions, prove_threads};

/// Threads of a pool that open its connections.
const POOL_THREADS: usize = 3;

/// One opened file with its readers.
pub struct Generation {
    number: u64,
    provenance: Provenance,
    /// Of a file that never changes: what its data is named by.
    lineage: Option<u64>,
    readers: r2d2::Pool<ReaderManager>,
    /// How often readers were asked to begin anew: commits that reads show, and checkpoints.
    commits: AtomicU64,
    /// Commits that reads can show, begun and ended.
    changes: ChangeCounter,
    /// What the app derived from the newest of them; nothing when that failed.
    derived: RwLock<Option<Derived>>,
    counters: Arc<Counters>,
    /// What a primary's writer has open; nothing for a replica, under which a file may be replaced.
    place: Place,
    /// Dropped last, when no connection is open any more.
    file: GenerationFile,
}

struct GenerationFile {
    path: PathBuf,
    retired: AtomicBool,
}

impl Generation {
    /// Opens the baked file itself, immutable: a generation of a replica.
    pub(in crate::store) fn open_baked(
        options: &StoreOptions,
        number: u64,
        counters: &Arc<Counters>,
    ) -> Result<Self, StoreError> {
        let path = &options.baked;
        let accepted = check(path, Access::Immutable, options)?;
        Self::open(path, number, Access::Immutable, accepted, options, counters)
    }

    /// Opens a file that was `accepted` for `access`.
    pub(in crate::store) fn open(
        path: &Path,
        number: u64,
        access: Access,
        accepted: Accepted,
        options: &StoreOptions,
        counters: &Arc<Counters>,
    ) -> Result<Self, StoreError> {
        let Accepted {
            identity,
            provenance,
        } = accepted;
        let manager = SqliteConnectionManager::file(reader_uri(path, access))
            .with_flags(reader_flags())
            .with_init(set_up_reader);
        let size = options.inline_readers + options.offloaded_readers;
        let limit = TimeLimit::none();
        // The pool has threads of its own, and panics without.
        prove_threads(POOL_THREADS).map_err(StoreError::Threads)?;
        let readers = r2d2::Pool::builder()
            .max_size(size)
            // A local file does not go away: testing each checkout would cost more than most reads,
            // and closing idle connections would throw warm caches away.
            .test_on_check_out(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .event_handler(Box::new(Checkouts(Arc::clone(counters))))
            .build(ReaderManager {
                connections: manager,
                limit: limit.clone(),
                counters: Arc::clone(counters),
            })?;
        // All readers are open by now, and stay so: a bake to the same path while this serves gives the
        // name to another file and changes nothing here.
        let now = Identity::at(path).map_err(|cause| file_error(path, cause))?;
        if now != identity {
            let reason = "it was replaced while it was being opened".to_owned();
            return Err(StoreError::Unusable {
                path: path.to_owned(),
                reason,
            });
        }
        let file = GenerationFile {
            path: path.to_owned(),
            retired: AtomicBool::new(false),
        };
        let lineage = match access {
            Access::Immutable => Some(lineage_of_baked(&provenance)),
            Access::Shared => None,
        };
        let generation = Self {
            number,
            provenance,
            lineage,
            readers,
            commits: AtomicU64::new(0),
            changes: ChangeCounter::default(),
            derived: RwLock::new(None),
            counters: Arc::clone(counters),
            place: Place::default(),
            file,
        };
        if let Some(deriver) = options.deriver {
            let derived = deriver.load(&generation).map_err(|error| match error {
                StoreError::Sqlite(cause) => StoreError::of_opening(path, cause),
                other => other,
            })?;
            generation.set_derived(Some(derived));
        }
        limit.set(options.read_time);
        Ok(generation)
    }

    /// Its number: 0 for a replica's, from 1 for a primary's, rising with every reset.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Where its data came from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Has it know what must stay in its place for its writes to be found again.
    pub(in crate::store) fn set_place(&mut self, place: Place) {
        self.place = place;
    }

    /// A file of a primary's that is no longer in its place.
    pub(in crate::store) fn missing(&self) -> Option<&Path> {
        self.place.missing()
    }

    pub(in crate::store) fn pool_state(&self) -> r2d2::State {
        self.readers.state()
    }

    /// Bytes of the WAL.
    pub(in crate::store) fn log_bytes(&self) -> u64 {
        log_bytes(&self.file.path)
    }

    /// Bytes of the file.
    pub(in crate::store) fn file_bytes(&self) -> u64 {
        self.file.path.metadata().map_or(0, |file| file.len())
    }

    /// Runs `work` on a reader: all its statements see one state, in which every commit is that was
    /// answered before the call, but for those that no read shows (`Store::write_unseen`).
    ///
    /// # Errors
    /// Whatever `work` returns, and when no connection is to be had.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reader = self.readers.get().map_err(StoreError::Pool)?;
        let slow_queries = &self.counters.slow_queries;
        slow_queries.watch();
        let newest = self.commits.load(Ordering::Acquire);
        let result = work(reader.at(newest).map_err(StoreError::Sqlite)?);
        if slow_queries.are_there() {
            slow_queries.tell(reader.unhurried());
        }
        if self.commits.load(Ordering::Relaxed) != newest {
            // Going idle in an old transaction would keep the WAL from being checkpointed.
            reader.release().map_err(StoreError::Sqlite)?;
        }
        result
    }

    /// What the app derived from the data, every commit included that was answered before the call.
    /// A read that is done afterwards sees at least the same commits.
    ///
    /// # Errors
    /// When it could not be derived from the last commit.
    pub fn derived(&self) -> Result<Derived, StoreError> {
        let derived = self.derived.read().unwrap_or_else(PoisonError::into_inner);
        derived.clone().ok_or(StoreError::NotDerived)
    }

    /// Its part of the names of its states; `lineage` is that of a primary's data.
    pub(in crate::store) fn name(&self, lineage: u64) -> (u64, u64) {
        // A baked file has the same name wherever and as whichever generation it is served.
        match self.lineage {
            Some(lineage) => (lineage, 0),
            None => (lineage, self.number),
        }
    }

    pub(in crate::store) fn changes(&self) -> &ChangeCounter {
        &self.changes
    }

    pub(in crate::store) fn set_derived(&self, derived: Option<Derived>) {
        *self.derived.write().unwrap_or_else(PoisonError::into_inner) = derived;
    }

    /// Notifies readers of a commit: reads that start from here on see it.
    pub(in crate::store) fn tell_commit(&self) {
        self.commits.fetch_add(1, Ordering::Release);
    }

    /// Has all readers begin anew: idle ones end their transaction now, others when their read ends.
    /// What they held of the WAL is free then.
    pub(in crate::store) fn renew_readers(&self) {
        self.tell_commit();
        // All together: the pool gives the one first that came back last.
        let mut idle: Vec<_> = std::iter::from_fn(|| self.readers.try_get()).collect();
        for reader in &mut idle {
            if let Err(cause) = reader.release() {
                tracing::error!(%cause, "a read transaction did not end");
            }
        }
    }

    /// Has the file removed once the last request on it ends.
    pub(in crate::store) fn retire(&self) {
        self.file.retired.store(true, Ordering::Release);
    }
}

impl Drop for GenerationFile {
    fn drop(&mut self) {
        if self.retired.load(Ordering::Acquire) {
            remove_generation(&self.path);
        }
    }
}
