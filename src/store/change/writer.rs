//! The single writer of a primary (ARCHITECTURE.md, invariant 4): its start, and the end of its queue that
//! requests use.
//!
//! What the thread does is in `worker`. A write waits in a bounded queue and is answered when it is
//! committed; a reset is a command in the same queue, so it has a definite place among the writes.

use std::error::Error;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{JoinHandle, Thread};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::deadline::Deadline;
use super::inbox::{Inbox, ResetAnswer, ResetCondition, WriterCommand};
use super::job::{Job, Piece, PieceTime, Pieces, Seen, boxed};
use super::worker::{Worker, open_generation};
use crate::store::make::adoption::{first_generation, refused, tell_drift};
use crate::store::open::files::PrimaryFiles;
use crate::store::panic::panic_message;
use crate::store::watch::figures::Counters;
use crate::store::{StoreError, StoreOptions, StoreState};

/// The queue's end that requests use.
pub(in crate::store) struct Writer {
    queue: SyncSender<WriterCommand>,
    /// Among them how many writes wait, which the thread compares with the threshold.
    counters: Arc<Counters>,
    batch_threshold: usize,
    deadline: Deadline,
    worker: Thread,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Opens the primary's newest generation, made from the baked file if there is none and migrated if
    /// it has an older schema, and starts the thread.
    pub(in crate::store) fn start(
        options: StoreOptions,
    ) -> Result<(Arc<StoreState>, Self), StoreError> {
        let files = PrimaryFiles::lock(&options.data_dir, &options.app)?;
        let kept = files.current()?;
        let number = first_generation(&files, kept, &options)?;
        let deadline = Deadline::default();
        let counters = Arc::new(Counters::new(&options));
        let opened = open_generation(&files, number, &options, &deadline, &counters);
        let (opened, generation) =
            opened.map_err(|error| refused(error, &files, number, kept, &options))?;
        if let Some(kept) = kept {
            files.clear()?;
            // One that was migrated stays until the next start.
            files.keep(&[kept, number])?;
            tell_drift(&generation, &options);
        }
        let (queue, commands) = sync_channel(options.write_queue);
        let name = format!("{}-writer", options.app);
        let shared = Arc::new(StoreState {
            options,
            current: RwLock::new(Arc::new(generation)),
            counters: Arc::clone(&counters),
            reloads: Mutex::default(),
        });
        let inbox = Inbox::new(commands, shared.options.write_queue);
        let worker = Worker::new(&shared, files, opened, inbox);
        let batch_threshold = worker.batch_threshold();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || worker.run())
            .map_err(StoreError::Threads)?;
        Ok((
            shared,
            Self {
                queue,
                counters,
                batch_threshold,
                deadline,
                worker: thread.thread().clone(),
                thread: Mutex::new(Some(thread)),
            },
        ))
    }

    pub(in crate::store) async fn write<T, E>(
        &self,
        seen: Seen,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Error + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let waiting = self.counters.waiting.fetch_add(1, Ordering::Relaxed) + 1;
        let work = boxed(work, answer);
        self.send(WriterCommand::Write(Job { work, seen }))
            .inspect_err(|_| {
                self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
            })?;
        if waiting >= self.batch_threshold {
            self.worker.unpark();
        }
        answered.await.map_err(|_dropped| StoreError::Stopped)?
    }

    pub(in crate::store) async fn write_pieces<T, E>(
        &self,
        work: impl FnMut(&Connection, PieceTime) -> Result<Piece<T>, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let pieces = Box::new(Pieces::new(work, answer, self.counters.write_in_pieces()));
        self.send(WriterCommand::WritePieces(pieces))?;
        answered.await.map_err(|_dropped| StoreError::Stopped)?
    }

    pub(in crate::store) async fn reset(
        &self,
        is_wanted: ResetCondition,
    ) -> Result<bool, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(WriterCommand::Reset(ResetAnswer { is_wanted, answer }))?;
        answered.await.map_err(|_dropped| StoreError::Stopped)?
    }

    /// Ends the thread after the commands that are queued, and waits for it. At the deadline, if there is
    /// one, what runs is interrupted and undone, and the rest is not begun.
    pub(in crate::store) fn stop(&self, deadline: Option<Instant>) {
        if let Some(at) = deadline {
            self.deadline.set(at);
        }
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // Waits for room in the queue; fails only when the thread is gone already.
            drop(self.queue.send(WriterCommand::Stop));
            if let Err(panic) = thread.join() {
                let cause = panic_message(&*panic);
                tracing::error!(cause, "the writer thread had panicked");
            }
        }
    }

    fn send(&self, command: WriterCommand) -> Result<(), StoreError> {
        self.queue.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Stopped,
        })
    }
}
