//! The single writer of a primary (ARCHITECTURE.md, invariant 4).
//!
//! One thread owns the connection that writes. Jobs wait in a bounded queue; the thread takes as many
//! as are there (up to a limit), runs each in a savepoint inside one transaction, commits, and only
//! then answers. A job that fails is undone alone, unless SQLite gives up the whole transaction, as it
//! does when there is no space: then all of its group learn that cause. A reset is a command in the
//! same queue, so it has a definite place among the writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::acceptance::check;
use super::adoption::{copy_baked, first_generation, refused, tell_drift};
use super::checkpoints::Checkpoints;
use super::derived::ChangeLog;
use super::error::is_full;
use super::figures::Counters;
use super::files::{PrimaryFiles, file_error, remove_generation};
use super::generation::Generation;
use super::panic::panic_message;
use super::pragmas::{Access, open_writer};
use super::{Change, Shared, StoreError, StoreOptions};

/// While others keep it busy, the writer commits so often: a commit costs a sync and takes the
/// processor from reads, however few writes are in it. A write that comes alone after a while does not
/// wait.
const PACE: Duration = Duration::from_millis(2);

/// So many waiting writes are worth a commit at once; fewer where no more can wait or be committed
/// together.
const CROWD: usize = 16;

/// Runs one job's work.
type Work = Box<dyn FnOnce(&Connection) -> Ran + Send>;
/// Is called with the outcome of the commit.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

type ResetAnswer = oneshot::Sender<Result<(), StoreError>>;

/// A write that waits for its turn.
struct Job {
    work: Work,
    seen: Seen,
}

/// What running a job's work leaves behind.
struct Ran {
    answer: Answer,
    /// Why the group's transaction is gone, if this job's failure ended it.
    lost: Option<Arc<rusqlite::Error>>,
}

/// Whether reads can tell that something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Always,
    /// Only by changes of the deriver's tables.
    WhereDerived,
}

enum Command {
    Write(Job),
    Reset(ResetAnswer),
    Stop,
}

/// The queue's end that requests use.
pub(super) struct Writer {
    queue: SyncSender<Command>,
    /// Among them how many writes wait, which the thread has to know when they are a crowd.
    counters: Arc<Counters>,
    crowd: usize,
    worker: Thread,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Opens the primary's newest generation, made from the baked file if there is none and migrated if
    /// it has an older schema, and starts the thread.
    pub(super) fn start(options: StoreOptions) -> Result<(Arc<Shared>, Self), StoreError> {
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
        let crowd = CROWD.min(batch).min(options.write_queue);
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
            crowd,
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
                crowd,
                worker: thread.thread().clone(),
                thread: Mutex::new(Some(thread)),
            },
        ))
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        seen: Seen,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = in_savepoint(connection, work);
            let lost = match &result {
                Err(StoreError::Commit(cause)) => Some(Arc::clone(cause)),
                _ => None,
            };
            let answer: Answer = Box::new(move |committed| {
                // A client that went away no longer wants the answer; its write stands.
                drop(answer.send(committed.and(result)));
            });
            Ran { answer, lost }
        });
        let waiting = self.counters.waiting.fetch_add(1, Ordering::Relaxed) + 1;
        self.send(Command::Write(Job { work, seen }))
            .inspect_err(|_| {
                self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
            })?;
        if waiting >= self.crowd {
            self.worker.unpark();
        }
        answered.await.map_err(|_dropped| StoreError::Stopped)?
    }

    pub(super) async fn reset(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Reset(answer))?;
        answered.await.map_err(|_dropped| StoreError::Stopped)?
    }

    /// Ends the thread after the commands that are queued, and waits for it.
    pub(super) fn stop(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // Waits for room in the queue; fails only when the thread is gone already.
            drop(self.queue.send(Command::Stop));
            if let Err(panic) = thread.join() {
                let cause = panic_message(&*panic);
                tracing::error!(cause, "the writer thread had panicked");
            }
        }
    }

    fn send(&self, command: Command) -> Result<(), StoreError> {
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
    commands: Receiver<Command>,
    batch: usize,
    crowd: usize,
}

impl Worker {
    fn run(mut self) {
        self.shared.counters.slow_queries.watch();
        let mut next = self.commands.recv().ok();
        while let Some(command) = next.take() {
            match command {
                Command::Write(job) => next = self.write(job),
                Command::Reset(answer) => next = self.answer_resets(answer),
                Command::Stop => break,
            }
            // Nobody waits for this but the next group.
            self.tell_slow_queries();
            if next.is_none() {
                next = self.commands.recv().ok();
            }
        }
        // Readers would keep the log from being folded.
        self.shared.current().renew_readers();
        // A shorter log makes for a faster next start; the data is safe without it.
        let folded = self
            .connection
            .pragma(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()));
        if let Err(cause) = folded {
            tracing::warn!(%cause, "the write-ahead log was not folded into the file");
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
    fn write(&mut self, first: Job) -> Option<Command> {
        self.keep_pace();
        let mut answers = Vec::with_capacity(self.batch);
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        let mut lost = None;
        let mut following = None;
        let mut is_seen = false;
        let mut next = Some(first);
        while let Some(job) = next.take() {
            is_seen |= job.seen == Seen::Always;
            let ran = (job.work)(&self.connection);
            answers.push(ran.answer);
            lost = ran.lost;
            // Without a transaction, what waits would only fail: it has its chance in the next group.
            if lost.is_some() || answers.len() >= self.batch {
                break;
            }
            match self.commands.try_recv() {
                Ok(Command::Write(job)) => next = Some(job),
                Ok(other) => following = Some(other),
                Err(_) => {}
            }
        }
        let counters = &self.shared.counters;
        counters.waiting.fetch_sub(answers.len(), Ordering::Relaxed);
        let begin = Instant::now();
        let generation = self.shared.current();
        let ready = match (begun, lost) {
            (Err(cause), _) => Err(Arc::new(cause)),
            (Ok(()), Some(cause)) => Err(cause),
            (Ok(()), None) => Ok(()),
        };
        let committed = self.commit(ready, is_seen, &generation);
        let counters = &self.shared.counters;
        counters.group(answers.len(), begin.elapsed(), committed.is_ok());
        for answer in answers {
            answer(committed.clone().map_err(StoreError::Commit));
        }
        // Nobody waits for this but the next group.
        let is_full = committed.is_err_and(|cause| is_full(&cause));
        let folded = self
            .checkpoints
            .after_group(&self.connection, &generation, is_full);
        match folded {
            Ok(false) => {}
            Ok(true) => {
                self.shared.counters.folds.fetch_add(1, Ordering::Relaxed);
            }
            Err(cause) => {
                tracing::error!(%cause, "the write-ahead log was not folded into the file");
            }
        }
        following
    }

    /// Ends the group's transaction, if it is `ready`, and has readers see what is new in it.
    fn commit(
        &mut self,
        ready: Result<(), Arc<rusqlite::Error>>,
        is_seen: bool,
        generation: &Generation,
    ) -> Result<(), Arc<rusqlite::Error>> {
        let changes = self.changes.take();
        let is_seen = is_seen || !changes.is_empty();
        if is_seen {
            generation.changes().begin();
        }
        let commit = || self.connection.execute_batch("COMMIT").map_err(Arc::new);
        let committed = ready.and_then(|()| commit());
        if committed.is_err() && !self.connection.is_autocommit() {
            drop(self.connection.execute_batch("ROLLBACK"));
        }
        self.committed = Some(Instant::now());
        if is_seen {
            if committed.is_ok() {
                self.tell(generation, &changes);
            }
            generation.changes().end();
        }
        committed
    }

    /// Waits until the next commit is due.
    fn keep_pace(&self) {
        let rest = || self.committed.and_then(|at| PACE.checked_sub(at.elapsed()));
        while let Some(rest) = rest()
            && self.shared.counters.waiting.load(Ordering::Relaxed) < self.crowd
        {
            std::thread::park_timeout(rest);
        }
    }

    /// Tells readers of a commit, before anybody is answered.
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
    fn answer_resets(&mut self, first: ResetAnswer) -> Option<Command> {
        let mut answers = vec![first];
        let mut following = None;
        while following.is_none() {
            match self.commands.try_recv() {
                Ok(Command::Reset(answer)) => answers.push(answer),
                Ok(other) => following = Some(other),
                Err(_) => break,
            }
        }
        let mut done = Some(self.reset());
        for answer in answers {
            // The first learns the cause of a failure, the others that they may try again.
            let outcome = match done.take() {
                Some(Ok(())) => {
                    done = Some(Ok(()));
                    Ok(())
                }
                Some(Err(cause)) => Err(cause),
                None => Err(StoreError::Busy),
            };
            drop(answer.send(outcome));
        }
        following
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        let number = self.shared.current().number() + 1;
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

/// Runs one job's work so that its failure undoes its own changes only. When it ended the group's
/// transaction, its error is [`StoreError::Commit`].
fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    // Without a transaction (it could not begin) a savepoint would be a transaction of its own and
    // commit what is about to be answered as failed.
    if connection.is_autocommit() {
        return Err(StoreError::Stopped);
    }
    match undo_failed(connection, work) {
        Err(StoreError::Sqlite(cause)) if connection.is_autocommit() => {
            Err(StoreError::Commit(Arc::new(cause)))
        }
        other => other,
    }
}

fn undo_failed<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    let run = |sql| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
    };
    run("SAVEPOINT job")?;
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
        .map_err(|panic| StoreError::Panicked(panic_message(&*panic)))
        .and_then(|result| result.map_err(StoreError::Sqlite));
    if result.is_err() && !connection.is_autocommit() {
        run("ROLLBACK TO job")?;
    }
    if !connection.is_autocommit() {
        run("RELEASE job")?;
    }
    result
}
