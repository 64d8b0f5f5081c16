//! The store: opens a baked file for serving and keeps its promises while it is served.
//!
//! A replica serves the baked file itself, immutable. A primary serves its own copy in WAL mode, made
//! from the baked file on first start and kept across restarts. Reads run on a pool of read-only
//! connections, each read in one snapshot; writes go through one writer that commits them in
//! groups; replacing the data opens a new generation and swaps it in. (ARCHITECTURE.md, invariants 3
//! to 5.) It must not know apps or HTTP.
//!
//! # Layout
//! Each folder uses those above it in this list, and none below.
//! - [`Store`]: the face of all this; [`StoreError`]: what can go wrong
//! - `open/`: files before they are used. `acceptance`: which are refused; `length`: whether one is
//!   truncated; `files`: which a primary keeps, and the lock on them; `place`: whether they are still there;
//!   `pragmas`: how connections are set up, all of it in one place; [`Unfinished`]: rows of writes in pieces
//!   that have not ended
//! - `watch/`: what operators see. [`Figures`] and [`Distribution`]s; `slow_queries`: what took long, with
//!   its plan; [`Health`] of a file; [`Writing`]: whether writes are stored
//! - `serve/`: what requests read. `generation`: one opened file with its readers; `reader`: their
//!   transactions; [`Deriver`]: what an app keeps in memory beside the file; [`Revision`]: the name of one
//!   state of the data; [`StateProbe`]: which state a write finds
//! - `backup/`: [`back_up`] and [`restore`](restore())
//! - `make/`: the next generation. `adoption`: what a start serves; [`migrate`]: a file of an older schema;
//!   [`NextGeneration`]: the same with a change of its caller's
//! - `change/`: `writer`: the start of the writer, and the end of its queue that requests use; `inbox`: the
//!   writer's end; `worker`: the thread with its group commit, its `checkpoints` of the WAL and its
//!   `deadline`; `job`: one write; `pieces`: one that is committed piece by piece; `change_log`: which rows
//!   were changed; [`Once`]: what is done once however often its client repeats it; `stored_response`: what
//!   is stored of it; [`Constraint`]: a rule of the schema that a write broke
//! - `threads`: whether the system gives any

mod backup;
mod change;
mod error;
mod make;
mod open;
mod panic;
mod serve;
mod threads;
mod watch;

use std::any::Any;
use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use backup::{BackupError, Copied, CopyError, back_up, restore};
pub use change::constraint::{Constraint, ResultExt};
pub use change::idempotency::{Once, Outcome, RequestDigest, Retention};
use change::job::Seen;
pub use change::job::{Piece, PieceTime};
pub use change::stored_response::{StoredBody, StoredResponse};
use change::writer::Writer;
pub use error::StoreError;
use error::displaced;
pub use make::migration::{Migrated, Standing, migrate, newest_copy, standing};
pub use make::next_generation::{Made, NextGeneration};
pub use open::files::{generation_at, is_of_primary};
pub use open::lock::LockHolder;
pub use open::unfinished::{Unfinished, is_unfinished};
pub(crate) use panic::panic_message;
pub use serve::derived::{Change, Derived, Deriver};
pub use serve::generation::Generation;
use serve::revision::new_lineage;
pub use serve::revision::{OwnRevision, Revision};
pub use serve::state::{DataState, StateProbe};
pub(crate) use threads::prove_threads;
use watch::figures::Counters;
pub use watch::figures::Figures;
pub use watch::health::{Depth, Drift, Health};
pub use watch::histogram::Distribution;
pub use watch::slow_queries::SLOW_QUERY_LOG;
pub use watch::writing::Writing;

use crate::config::{Durability, Mode};
use crate::file::Schema;
use crate::file::provenance::Provenance;

/// A read for another thread, without the type of its result.
type OffloadedRead = Box<dyn FnOnce(&Connection) -> Box<dyn Any + Send> + Send>;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The app that the file must belong to.
    pub app: String,
    /// The schema that the app's queries are written for.
    pub schema: Schema,
    /// The baked file.
    pub baked: PathBuf,
    /// Where a primary keeps its copy.
    pub data_dir: PathBuf,
    /// Primary or replica.
    pub mode: Mode,
    /// What an answered write survives.
    pub durability: Durability,
    /// Reads that may run concurrently on the threads of their callers.
    pub inline_readers: u32,
    /// Long reads that may run concurrently on threads of their own.
    pub offloaded_readers: u32,
    /// Long reads that may wait for one of those; more are refused.
    pub read_queue: usize,
    /// Time that a read gets; a longer one is interrupted.
    pub read_time: Duration,
    /// Statements that take so long are counted and logged with their plan; `None` for no timing.
    pub slow_query: Option<Duration>,
    /// Writes that may wait for the writer; more are refused.
    pub write_queue: usize,
    /// Writes that are committed together at most.
    pub write_batch: usize,
    /// How long the answers of writes with a key are kept ([`Once`]), and how many.
    pub retention: Retention,
    /// What the app keeps in memory beside the file.
    pub deriver: Option<&'static dyn Deriver>,
}

/// One app's data, opened for serving. Shared behind an [`Arc`].
pub struct Store {
    shared: Arc<StoreState>,
    writer: Option<Writer>,
    offloaded: Arc<Semaphore>,
    /// Places of those that wait for one of the offloaded.
    waiting: Semaphore,
    lineage: u64,
}

/// What the writer thread shares with everybody else.
struct StoreState {
    options: StoreOptions,
    current: RwLock<Arc<Generation>>,
    counters: Arc<Counters>,
    /// How often a replica's file was opened anew; one at a time does so.
    reloads: Mutex<u64>,
}

impl StoreState {
    fn current(&self) -> Arc<Generation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn swap(&self, next: Generation) -> Arc<Generation> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, Arc::new(next))
    }

    /// The name of what reads show now; `lineage` is that of a primary's data.
    fn revision(&self, lineage: u64) -> Option<Revision> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let changes = current.changes().settled()?;
        let (lineage, generation) = current.name(lineage);
        Some(Revision {
            lineage,
            generation,
            changes,
        })
    }

    /// The same of what reads of `user` show, or those of everybody.
    fn own_revision(&self, lineage: u64, user: Option<i64>) -> Option<OwnRevision> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let changes = current.changes().settled_for(user)?;
        let (lineage, generation) = current.name(lineage);
        Some(OwnRevision {
            lineage,
            generation,
            changes,
        })
    }
}

impl Store {
    /// Opens the baked file, or a primary's copy of it, which is made if there is none, and migrated if it
    /// has an older schema.
    ///
    /// # Errors
    /// When the file is missing, damaged, of another app or schema, cannot be migrated, or when another
    /// process serves the same data directory as primary.
    pub fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let permits = options.offloaded_readers as usize;
        let offloaded = Arc::new(Semaphore::new(permits));
        let waiting = Semaphore::new(options.read_queue.min(Semaphore::MAX_PERMITS));
        let (shared, writer) = match options.mode {
            Mode::Replica => {
                let counters = Arc::new(Counters::new(&options));
                let generation = Generation::open_baked(&options, 0, &counters)?;
                let shared = StoreState {
                    options,
                    current: RwLock::new(Arc::new(generation)),
                    counters,
                    reloads: Mutex::default(),
                };
                (Arc::new(shared), None)
            }
            Mode::Primary => {
                let (shared, writer) = Writer::start(options)?;
                (shared, Some(writer))
            }
        };
        Ok(Self {
            shared,
            writer,
            offloaded,
            waiting,
            lineage: new_lineage(),
        })
    }

    /// Whether the store takes writes.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.shared.options.mode
    }

    /// Whether it takes writes, as that of a primary does.
    #[must_use]
    pub fn takes_writes(&self) -> bool {
        self.writer.is_some()
    }

    /// Whether a primary's writes reach its file, as far as is known; `None` for a replica, which takes
    /// none. That the files are in their place is looked at now.
    #[must_use]
    pub fn writing(&self) -> Option<Writing> {
        self.writer.as_ref()?;
        let watch = &self.shared.counters.writing;
        if let Some(path) = self.shared.current().missing() {
            watch.fails(&displaced(path));
        }
        Some(watch.state())
    }

    /// How long answers of writes with a key are kept; `None` where none are, as on a replica.
    #[must_use]
    pub fn retention(&self) -> Option<Retention> {
        let retention = self.shared.options.retention;
        (self.writer.is_some() && !retention.time.is_zero()).then_some(retention)
    }

    /// The generation that requests starting now are answered from.
    #[must_use]
    pub fn generation(&self) -> Arc<Generation> {
        self.shared.current()
    }

    /// The revision that all reads show now, unless a commit that some may show is under way. What was
    /// read between two calls with the same answer shows that revision and nothing else, from whatever
    /// reader or derived state it is, and no other revision has that name.
    #[must_use]
    pub fn revision(&self) -> Option<Revision> {
        self.shared.revision(self.lineage)
    }

    /// The same of what reads of `user` show, which stays while others alone see what changes
    /// ([`Store::write_of`]): for what is kept for that user, and shows nobody else's. Of nobody, it is for what
    /// no write of a single user changes.
    #[must_use]
    pub fn own_revision(&self, user: Option<i64>) -> Option<OwnRevision> {
        self.shared.own_revision(self.lineage, user)
    }

    /// The name of the generation that is read now, whatever was written to it: for what no write changes.
    #[must_use]
    pub fn origin(&self) -> Revision {
        let (lineage, generation) = self.shared.current().name(self.lineage);
        Revision {
            lineage,
            generation,
            changes: 0,
        }
    }

    /// Says to a job of the writer which state it finds, so that it writes in that state or not at all.
    #[must_use]
    pub fn state_probe(&self) -> StateProbe {
        StateProbe {
            shared: Arc::clone(&self.shared),
            lineage: self.lineage,
        }
    }

    /// Where the served data came from.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.shared.current().provenance().clone()
    }

    /// What the store counts about itself.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.shared.counters.figures(&self.shared.current())
    }

    /// Runs a short read on the calling thread: one snapshot of one generation, however many
    /// statements. Meant for point reads and pages, tens of microseconds; see
    /// [`Store::read_offloaded`] for the rest.
    ///
    /// # Errors
    /// Whatever `work` returns, and when no connection is to be had.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.shared.current().read(work)
    }

    /// Runs a longer read on a thread of its own, at most `offloaded_readers` at once, while at most
    /// `read_queue` others wait: however many want to read, those who do are soon answered.
    ///
    /// # Errors
    /// As [`Store::read`], and when too many wait.
    pub async fn read_offloaded<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let permit = self.turn().await?;
        Self::offloaded(permit, self.shared.current(), work).await
    }

    /// The same of one generation, which need not be the newest.
    ///
    /// # Errors
    /// As [`Store::read_offloaded`].
    pub async fn read_offloaded_in<T, E>(
        &self,
        generation: Arc<Generation>,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let permit = self.turn().await?;
        Self::offloaded(permit, generation, work).await
    }

    async fn offloaded<T, E>(
        permit: OwnedSemaphorePermit,
        generation: Arc<Generation>,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        // Boxed, so that reading on another thread is compiled once and not for each type of its result.
        let work: OffloadedRead = Box::new(move |connection| Box::new(work(connection)));
        let result = Self::offloaded_boxed(permit, generation, work).await?;
        match result.downcast::<Result<T, E>>() {
            Ok(result) => *result,
            Err(other) => Err(StoreError::Panicked(panic_message(&*other)).into()),
        }
    }

    async fn offloaded_boxed(
        permit: OwnedSemaphorePermit,
        generation: Arc<Generation>,
        work: OffloadedRead,
    ) -> Result<Box<dyn Any + Send>, StoreError> {
        let task = tokio::task::spawn_blocking(move || {
            let result = generation.read(|connection| Ok(work(connection)));
            drop(permit);
            result
        });
        task.await.map_err(StoreError::of_task)?
    }

    /// A place among the long reads, once there is one.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let places = Arc::clone(&self.offloaded);
        if let Ok(permit) = Arc::clone(&places).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = self
            .waiting
            .try_acquire()
            .map_err(|_full| StoreError::BusyReading)?;
        let permit = places.acquire_owned().await;
        permit.map_err(|_closed| StoreError::Stopped)
    }

    /// Runs `work` on the writer and returns once it is committed as the durability says: every
    /// read that starts after that sees it.
    ///
    /// An error undoes all that `work` wrote, and nothing else: what waits beside it is committed. So a
    /// write that may be refused writes first and asks which rule of the schema it broke
    /// ([`ResultExt::on_constraint`]); nobody can come between a check and the write. Deferred foreign
    /// keys are checked at the commit, where they would fail the whole group: schemas have none.
    ///
    /// # Errors
    /// Whatever `work` returns, a failed commit, a full queue, or that this is a replica. The sources of
    /// `E` lead to SQLite's error where it has one: when it ended the group's transaction, the others
    /// of the group learn it from there.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Error + Send + 'static,
    {
        self.writer()?.write(Seen::Always, work).await
    }

    /// As [`Store::write`], for writes that change nothing but what reads of `user` show, or what nobody's do:
    /// the [`OwnRevision`]s of others stay what they are. Where it changes rows of [`Deriver::tables`] all
    /// see it.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_of<T, E>(
        &self,
        user: i64,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Error + Send + 'static,
    {
        self.writer()?.write(Seen::ByUser(user), work).await
    }

    /// As [`Store::write`], for writes of which no read shows anything unless they change rows of
    /// [`Deriver::tables`]: other changes may stay unseen for a while, and readers keep what they have
    /// of the file, which is worth more than the write costs.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_unseen<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Error + Send + 'static,
    {
        self.writer()?.write(Seen::WhereDerived, work).await
    }

    /// Runs a long write, which only inserts rows, in pieces: `work` is called until it says that a piece
    /// was the last one, and each call is committed by itself, as the durability says. Beside it, between
    /// its pieces, only writes by [`Store::write_unseen`] are done.
    ///
    /// It is all or nothing all the same. What [`Deriver`]s derive has its rows from the end on, and so
    /// has every answer that is made of that; an app that looks a row up by its id asks
    /// [`is_unfinished`], and one that has SQLite search leaves out [`Unfinished`] rows. When it fails, or
    /// the process ends, its rows are removed again.
    ///
    /// # Errors
    /// Whatever `work` returns, once its rows are removed; a failed commit, a full queue, or that this is a
    /// replica.
    pub async fn write_pieces<T, E>(
        &self,
        work: impl FnMut(&Connection, PieceTime) -> Result<Piece<T>, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer()?.write_pieces(work).await
    }

    fn writer(&self) -> Result<&Writer, StoreError> {
        self.writer.as_ref().ok_or(StoreError::ReadOnly)
    }

    /// Puts everything back to the baked file's state, as a new generation. A replica is always in
    /// that state.
    ///
    /// # Errors
    /// When the copy cannot be made; the old generation then stays.
    pub async fn reset(&self) -> Result<(), StoreError> {
        let always = |_: &DataState| true;
        self.reset_if(always).await.map(|_done| ())
    }

    /// The same in a state that meets `condition`; whether it did. No write comes between the two.
    ///
    /// # Errors
    /// As [`Store::reset`].
    pub async fn reset_if(
        &self,
        condition: impl FnOnce(&DataState) -> bool + Send + 'static,
    ) -> Result<bool, StoreError> {
        let probe = self.state_probe();
        let is_met = move || condition(&probe.state());
        match &self.writer {
            Some(writer) => writer.reset(Box::new(is_met)).await,
            None => Ok(is_met()),
        }
    }

    /// Opens a newly baked file as a new generation; requests in flight finish on the old one. Only a
    /// replica does so: a primary's copy holds writes, and [`Store::reset`] is what drops them.
    ///
    /// # Errors
    /// When the file cannot be served, or this is a primary. What was served goes on being served.
    pub async fn reload(&self) -> Result<(), StoreError> {
        if self.writer.is_some() {
            return Err(StoreError::HoldsWrites);
        }
        let shared = Arc::clone(&self.shared);
        let task = tokio::task::spawn_blocking(move || {
            let mut reloads = shared
                .reloads
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let generation =
                Generation::open_baked(&shared.options, *reloads + 1, &shared.counters)?;
            *reloads += 1;
            shared.swap(generation);
            Ok(())
        });
        task.await.map_err(StoreError::of_task)?
    }

    /// Ends the writer once it has committed what is queued, and checkpoints the WAL into the
    /// file. Reads go on working; writes are refused.
    pub fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.stop(None);
        }
    }

    /// As [`Store::close`], but what is not committed by then is undone and not answered.
    pub fn close_by(&self, deadline: Instant) {
        if let Some(writer) = &self.writer {
            writer.stop(Some(deadline));
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}
