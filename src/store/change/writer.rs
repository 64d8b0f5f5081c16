//! The single writer of a primary (ARCHITECTURE.md, invariant 4).
//!
//! One thread owns the connection that writes. Jobs wait in a bounded queue; the thread takes as many
//! as are there (up to a limit), runs each in a savepoint inside one transaction, commits, and only
//! then answers. A job that fails is undone alone, and readers are not notified because of it; unless
//! SQLite gives up the whole transaction, as it does when there is no space: then all of its group learn
//! that cause. A reset is a command in the same queue, so it has a definite place among the writes.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ffi};
use tokio::sync::oneshot;

use super::checkpoints::Checkpoints;
use crate::store::error::is_full;
use crate::store::make::adoption::{copy_baked, first_generation, refused, tell_drift};
use crate::store::open::acceptance::check;
use crate::store::open::files::{PrimaryFiles, file_error, remove_generation};
use crate::store::open::pragmas::{Access, open_writer};
use crate::store::panic::panic_message;
use crate::store::serve::derived::ChangeLog;
use crate::store::serve::generation::Generation;
use crate::store::watch::figures::Counters;
use crate::store::{Change, Shared, StoreError, StoreOptions};

/// Time between two commits of a busy writer: a commit costs a sync and takes the processor from reads,
/// however few writes are in it. A write that comes alone after a while does not wait.
const COMMIT_INTERVAL: Duration = Duration::from_millis(2);

/// So many waiting writes are committed without waiting; fewer where no more can wait or be committed
/// together.
const BATCH_THRESHOLD: usize = 16;

/// Runs one job's work.
type Work = Box<dyn FnOnce(&Connection) -> Ran + Send>;
/// Is called with the outcome of the commit.
type CommitCallback = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Whether a reset is still wanted, asked when its turn comes.
type ResetCondition = Box<dyn FnOnce() -> bool + Send>;

/// Who waits for a reset, and learns whether it was done.
struct ResetAnswer {
    is_wanted: ResetCondition,
    answer: oneshot::Sender<Result<bool, StoreError>>,
}

/// A write that waits for its turn.
struct Job {
    work: Work,
    seen: Seen,
}

/// A job whose work was run.
struct Ran {
    answer: CommitCallback,
    left: Left,
}

/// What a job's work leaves in the group's transaction.
enum Left {
    /// What it wrote.
    Changes,
    /// Nothing: it failed and was undone.
    Nothing,
    /// No transaction: its failure ended that of the whole group.
    Aborted(Arc<rusqlite::Error>),
}

/// A group whose jobs were run.
#[derive(Default)]
struct Uncommitted {
    answers: Vec<CommitCallback>,
    /// The command that ended the group, if it was no write.
    following: Option<WriterCommand>,
    /// Jobs that left something.
    writes: usize,
    /// Whether reads can tell.
    is_seen: bool,
    /// Why there is no transaction to commit.
    aborted: Option<Arc<rusqlite::Error>>,
}

/// Whether reads can tell that something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Seen {
    Always,
    /// Only by changes of the deriver's tables.
    WhereDerived,
}

enum WriterCommand {
    Write(Job),
    Reset(ResetAnswer),
    Stop,
}

/// The queue's end that requests use.
pub(in crate::store) struct Writer {
    queue: SyncSender<WriterCommand>,
    /// Among them how many writes wait, which the thread compares with the threshold.
    counters: Arc<Counters>,
    batch_threshold: usize,
    worker: Thread,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Opens the primary's newest generation, made from the baked file if there is none and migrated if
    /// it has an older schema, and starts the thread.
    pub(in crate::store) fn start(
        options: StoreOptions,
    ) -> Result<(Arc<Shared>, Self), StoreError> {
        let files = PrimaryFiles::lock(&options.data_dir, &options.app)?;
        let kept = files.current()?;
        let number = first_generation(&files, kept, &options)?;
        let changes = ChangeLog::default();
        let counters = Arc::new(Counters::new(&options));
        let opened = open_generation(&files, number, &options, &changes, &counters);
        let (connection, generation) =
            opened.map_err(|error| refused(error, &files, number, kept, &options))?;
        if let Some(kept) = kept {
            // One that was migrated stays until the next start.
            files.keep(&[kept, number])?;
            tell_drift(&generation, &options);
        }
        let (queue, commands) = sync_channel(options.write_queue);
        let batch = options.write_batch.max(1);
        let batch_threshold = BATCH_THRESHOLD.min(batch).min(options.write_queue);
        let name = format!("{}-writer", options.app);
        let shared = Arc::new(Shared {
            options,
            current: RwLock::new(Arc::new(generation)),
            counters: Arc::clone(&counters),
            reloads: Mutex::default(),
        });
        let worker = Worker {
            shared: Arc::clone(&shared),
            files,
            connection,
            changes,
            committed: None,
            checkpoints: Checkpoints::default(),
            commands,
            batch,
            batch_threshold,
        };
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || worker.run())
            .map_err(|cause| file_error(&shared.options.data_dir, cause))?;
        Ok((
            shared,
            Self {
                queue,
                counters,
                batch_threshold,
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
        let work: Work = Box::new(move |connection| {
            let (result, left) = in_savepoint(connection, work);
            let answer: CommitCallback = Box::new(move |committed| {
                // A client that went away no longer wants the answer; its write stands.
                drop(answer.send(committed.map_err(E::from).and(result)));
            });
            Ran { answer, left }
        });
        let waiting = self.counters.waiting.fetch_add(1, Ordering::Relaxed) + 1;
        self.send(WriterCommand::Write(Job { work, seen }))
            .inspect_err(|_| {
                self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
            })?;
        if waiting >= self.batch_threshold {
            self.worker.unpark();
        }
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

    /// Ends the thread after the commands that are queued, and waits for it.
    pub(in crate::store) fn stop(&self) {
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

/// The thread's side.
struct Worker {
    shared: Arc<Shared>,
    files: PrimaryFiles,
    connection: Connection,
    changes: ChangeLog,
    /// When the last group was committed.
    committed: Option<Instant>,
    checkpoints: Checkpoints,
    commands: Receiver<WriterCommand>,
    batch: usize,
    batch_threshold: usize,
}

impl Worker {
    fn run(mut self) {
        self.shared.counters.slow_queries.watch();
        let mut next = self.commands.recv().ok();
        while let Some(command) = next.take() {
            match command {
                WriterCommand::Write(job) => next = self.write(job),
                WriterCommand::Reset(answer) => next = self.answer_resets(answer),
                WriterCommand::Stop => break,
            }
            // Nobody waits for this but the next group.
            self.tell_slow_queries();
            if next.is_none() {
                next = self.commands.recv().ok();
            }
        }
        // Readers would keep the WAL from being checkpointed.
        self.shared.current().renew_readers();
        // A shorter WAL makes for a faster next start; the data is safe without it.
        let checkpointed = self
            .connection
            .pragma(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()));
        if let Err(cause) = checkpointed {
            tracing::warn!(%cause, "the WAL was not checkpointed");
        }
    }

    fn tell_slow_queries(&self) {
        let slow_queries = &self.shared.counters.slow_queries;
        if slow_queries.are_there() {
            slow_queries.tell(&self.connection);
        }
    }

    /// Commits `first` together with the writes queued behind it; returns the command that ended the
    /// group, if it was another one.
    fn write(&mut self, first: Job) -> Option<WriterCommand> {
        self.wait_for_interval();
        let mut group = self.run_group(first);
        let begin = Instant::now();
        let generation = self.shared.current();
        let committed = self.commit(&mut group, &generation);
        let counters = &self.shared.counters;
        match committed {
            // All were undone: there was no commit.
            Ok(()) if group.writes == 0 => {}
            _ => counters.group(group.writes, begin.elapsed(), committed.is_ok()),
        }
        for answer in group.answers {
            answer(committed.clone().map_err(StoreError::Commit));
        }
        // Nobody waits for this but the next group.
        let is_full = committed.is_err_and(|cause| is_full(&cause));
        let checkpointed = self
            .checkpoints
            .after_group(&self.connection, &generation, is_full);
        match checkpointed {
            Ok(false) => {}
            Ok(true) => {
                self.shared
                    .counters
                    .checkpoints
                    .fetch_add(1, Ordering::Relaxed);
            }
            Err(cause) => {
                tracing::error!(%cause, "the WAL was not checkpointed");
            }
        }
        group.following
    }

    /// Begins a transaction and runs `first` in it, and what is queued behind it as long as that is
    /// writes and there is a transaction.
    fn run_group(&self, first: Job) -> Uncommitted {
        let mut group = Uncommitted::default();
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        let mut next = Some(first);
        while let Some(job) = next.take() {
            let mark = self.changes.mark();
            let ran = (job.work)(&self.connection);
            group.answers.push(ran.answer);
            match ran.left {
                Left::Changes => {
                    group.writes += 1;
                    group.is_seen |= job.seen == Seen::Always;
                    // What comes next in the group finds another state than readers do.
                    let is_seen = group.is_seen || self.changes.mark() > 0;
                    self.shared.current().changes().set_pending(is_seen);
                }
                // No read can show what is not there: a refusal makes no new revision, and tags that
                // clients hold stay good. The rows that it touched are as they were before it.
                Left::Nothing => self.changes.back_to(mark),
                Left::Aborted(cause) => group.aborted = Some(cause),
            }
            // Without a transaction, what waits would only fail: it has its chance in the next group.
            if group.aborted.is_some() || group.answers.len() >= self.batch {
                break;
            }
            match self.commands.try_recv() {
                Ok(WriterCommand::Write(job)) => next = Some(job),
                Ok(other) => group.following = Some(other),
                Err(_) => {}
            }
        }
        if let Err(cause) = begun {
            group.aborted = Some(Arc::new(cause));
        }
        let waiting = &self.shared.counters.waiting;
        waiting.fetch_sub(group.answers.len(), Ordering::Relaxed);
        group
    }

    /// Ends the group's transaction, and has readers see what is new in it.
    fn commit(
        &mut self,
        group: &mut Uncommitted,
        generation: &Generation,
    ) -> Result<(), Arc<rusqlite::Error>> {
        let changes = self.changes.take();
        let aborted = group.aborted.take();
        // What is gone already nobody can see. A commit that fails may have come to the disk.
        let is_seen = aborted.is_none() && (group.is_seen || !changes.is_empty());
        if is_seen {
            generation.changes().begin();
        }
        // A commit of pages that were written and undone would cost a sync.
        let end = if group.writes == 0 {
            "ROLLBACK"
        } else {
            "COMMIT"
        };
        let commit = || self.connection.execute_batch(end).map_err(Arc::new);
        let committed = aborted.map_or_else(commit, Err);
        if committed.is_err() && !self.connection.is_autocommit() {
            drop(self.connection.execute_batch("ROLLBACK"));
        }
        self.committed = Some(Instant::now());
        generation.changes().set_pending(false);
        if is_seen {
            if committed.is_ok() {
                self.tell(generation, &changes);
            }
            generation.changes().end();
        }
        committed
    }

    /// Waits until the next commit is due.
    fn wait_for_interval(&self) {
        let rest = || {
            self.committed
                .and_then(|at| COMMIT_INTERVAL.checked_sub(at.elapsed()))
        };
        while let Some(rest) = rest()
            && self.shared.counters.waiting.load(Ordering::Relaxed) < self.batch_threshold
        {
            std::thread::park_timeout(rest);
        }
    }

    /// Notifies readers of a commit, before anybody is answered.
    fn tell(&self, generation: &Generation, changes: &[Change]) {
        // First, so that whoever gets what is derived from the commit reads a file that has it.
        generation.tell_commit();
        if let Some(deriver) = self.shared.options.deriver
            && !changes.is_empty()
        {
            let derived = match generation.derived() {
                Ok(old) => deriver.changed(&old, &self.connection, changes),
                Err(_) => deriver.load(generation),
            };
            if let Err(cause) = &derived {
                tracing::error!(%cause, "nothing can be derived from the last commit");
            }
            generation.set_derived(derived.ok());
        }
    }

    /// Resets once for `first` and for the resets queued right behind it; returns the command that
    /// ended the run, if there was one.
    fn answer_resets(&mut self, first: ResetAnswer) -> Option<WriterCommand> {
        let mut answers = vec![first];
        let mut following = None;
        while following.is_none() {
            match self.commands.try_recv() {
                Ok(WriterCommand::Reset(answer)) => answers.push(answer),
                Ok(other) => following = Some(other),
                Err(_) => break,
            }
        }
        // One does for all, unless it fails or leaves a state that others do not want to be undone.
        let mut done = None;
        for ResetAnswer { is_wanted, answer } in answers {
            let outcome = match done {
                _ if !is_wanted() => Ok(false),
                Some(true) => Ok(true),
                // The first learns the cause of a failure, the others that they may try again.
                Some(false) => Err(StoreError::Busy),
                None => {
                    let outcome = self.reset();
                    done = Some(outcome.is_ok());
                    outcome.map(|()| true)
                }
            };
            drop(answer.send(outcome));
        }
        following
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        // Numbers rise also when somebody moved the file that is served away: revisions have them.
        let number = self.files.unused()?.max(self.shared.current().number() + 1);
        let options = &self.shared.options;
        copy_baked(&self.files, options, number)?;
        let counters = &self.shared.counters;
        let opened = open_generation(&self.files, number, options, &self.changes, counters);
        let (connection, generation) = opened.inspect_err(|_| {
            // Left behind, it would be the newest generation of the next start.
            remove_generation(&self.files.path(number));
        })?;
        // Nothing may fail from here on: the writer and the readers would be at different files.
        self.connection = connection;
        self.checkpoints = Checkpoints::default();
        self.shared.swap(generation).retire();
        Ok(())
    }
}

/// Opens a generation for the writer, whose changes go to `changes`, and for readers.
fn open_generation(
    files: &PrimaryFiles,
    number: u64,
    options: &StoreOptions,
    changes: &ChangeLog,
    counters: &Arc<Counters>,
) -> Result<(Connection, Generation), StoreError> {
    let path = files.path(number);
    // Before it is opened for writing, which changes a file that is not in WAL mode.
    check(&path, Access::Shared, options)?;
    let connection = open_writer(&path, options.durability)
        .map_err(|cause| StoreError::of_opening(&path, cause))?;
    counters.slow_queries.time(&connection);
    if let Some(deriver) = options.deriver {
        changes.watch(&connection, deriver.tables())?;
    }
    let generation = Generation::open(&path, number, Access::Shared, options, counters)?;
    Ok((connection, generation))
}

/// Runs one job's work so that its failure undoes its own changes only.
fn in_savepoint<T, E: From<StoreError> + Error + 'static>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> (Result<T, E>, Left) {
    // Without a transaction (it could not begin) a savepoint would be a transaction of its own and
    // commit what is about to be answered as failed.
    if connection.is_autocommit() {
        return (Err(StoreError::Stopped.into()), Left::Nothing);
    }
    let run = |sql| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
    };
    if let Err(cause) = run("SAVEPOINT job") {
        return (Err(StoreError::Sqlite(cause).into()), Left::Nothing);
    }
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
        .unwrap_or_else(|panic| Err(StoreError::Panicked(panic_message(&*panic)).into()));
    if connection.is_autocommit() {
        let cause = result.as_ref().err().and_then(|error| sqlite_cause(error));
        return aborted(cause.unwrap_or_else(unknown_cause));
    }
    let undone = match &result {
        Ok(_) => Ok(0),
        Err(_) => run("ROLLBACK TO job"),
    };
    match undone.and_then(|_| run("RELEASE job")) {
        Ok(_) if result.is_ok() => (result, Left::Changes),
        Ok(_) => (result, Left::Nothing),
        // What it wrote may still be there, and must not be committed with the others'.
        Err(cause) => aborted(cause),
    }
}

/// The end of a job that took its group's transaction with it, for whatever reason of its own.
fn aborted<T, E: From<StoreError>>(cause: rusqlite::Error) -> (Result<T, E>, Left) {
    let cause = Arc::new(cause);
    let error = StoreError::Commit(Arc::clone(&cause));
    (Err(error.into()), Left::Aborted(cause))
}

/// What SQLite said that led to `error`.
fn sqlite_cause(error: &(dyn Error + 'static)) -> Option<rusqlite::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rusqlite::Error::SqliteFailure(code, text)) = error.downcast_ref() {
            return Some(rusqlite::Error::SqliteFailure(*code, text.clone()));
        }
        next = error.source();
    }
    None
}

/// For a job that ended the transaction and keeps to itself why.
fn unknown_cause() -> rusqlite::Error {
    let code = ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK);
    let text = "a write ended the transaction of its group".to_owned();
    rusqlite::Error::SqliteFailure(code, Some(text))
}
