//! The writer thread (ARCHITECTURE.md, invariant 4).
//!
//! It owns the connection that writes. It takes as many jobs as wait (up to a limit, and for a short time),
//! runs each in a savepoint inside one transaction, commits, and only then answers. A job that fails is
//! undone alone, and readers are not notified because of it; unless SQLite gives up the whole transaction,
//! as it does when there is no space: then all of its group learn that cause.
//!
//! A write in pieces has a transaction for each (`pieces`), between which groups of purchases are committed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ffi};

use super::change_log::ChangeLog;
use super::checkpoints::Checkpoints;
use super::deadline::Deadline;
use super::inbox::{Inbox, ResetAnswer, Waited, WriterCommand};
use super::job::{CommitCallback, Job, Left, Seen};
use super::pieces::{Advance, Pieced};
use crate::store::error::{displaced, is_full};
use crate::store::make::adoption::copy_baked;
use crate::store::open::acceptance::check;
use crate::store::open::files::{PrimaryFiles, remove_generation};
use crate::store::open::pragmas::{Access, open_writer, prove_writable};
use crate::store::open::unfinished;
use crate::store::serve::generation::Generation;
use crate::store::serve::revision::Audience;
use crate::store::watch::figures::Counters;
use crate::store::{Change, Deriver, StoreError, StoreOptions, StoreState, Writing};

/// Time between two commits of a busy writer: a commit costs a sync and takes the processor from reads,
/// however few writes are in it. A write that comes alone after a while does not wait.
const COMMIT_INTERVAL: Duration = Duration::from_millis(2);

/// So many waiting writes are committed without waiting; fewer where no more can wait or be committed
/// together.
pub(super) const BATCH_THRESHOLD: usize = 16;

/// A group that has run for so long takes no further job: all in it wait for its end.
const GROUP_TIME: Duration = Duration::from_millis(50);

/// At an end with a deadline, the checkpoint waits so long for reads.
const LAST_WAIT: Duration = Duration::from_millis(300);

/// After so long, what could not be undone is tried again.
const RETRY: Duration = Duration::from_millis(100);

/// While writes fail and none come, it is tried so often whether they still do: who is not ready is sent
/// none.
const TRIAL: Duration = Duration::from_secs(1);

/// A group whose jobs were run.
#[derive(Default)]
struct Uncommitted {
    answers: Vec<CommitCallback>,
    /// Jobs that left something.
    writes: usize,
    /// Whose reads can tell.
    audience: Audience,
    /// Why there is no transaction to commit.
    aborted: Option<Arc<rusqlite::Error>>,
}

/// The writer thread.
pub(super) struct Worker {
    shared: Arc<StoreState>,
    files: PrimaryFiles,
    connection: Connection,
    changes: ChangeLog,
    /// When the last group was committed.
    committed: Option<Instant>,
    checkpoints: Checkpoints,
    inbox: Inbox,
    /// A write in pieces that is under way.
    pieced: Option<Pieced>,
    deadline: Deadline,
    batch: usize,
    batch_threshold: usize,
}

impl Worker {
    pub(super) fn new(
        shared: &Arc<StoreState>,
        files: PrimaryFiles,
        opened: WriterConnection,
        inbox: Inbox,
    ) -> Self {
        let options = &shared.options;
        let batch = options.write_batch.max(1);
        let WriterConnection {
            connection,
            changes,
            deadline,
        } = opened;
        Self {
            shared: Arc::clone(shared),
            files,
            connection,
            changes,
            committed: None,
            checkpoints: Checkpoints::default(),
            inbox,
            pieced: None,
            deadline,
            batch,
            batch_threshold: BATCH_THRESHOLD.min(batch).min(options.write_queue),
        }
    }

    pub(super) fn batch_threshold(&self) -> usize {
        self.batch_threshold
    }

    /// Does what it is sent until it is to stop, and some of that no longer where its time is over.
    pub(super) fn run(mut self) {
        self.shared.counters.slow_queries.watch();
        while !self.deadline.is_over() {
            if let Some(pieced) = self.pieced.take() {
                self.advance(pieced);
            } else {
                let fails = self.shared.counters.writing.state() != Writing::Works;
                match self.inbox.wait(fails.then_some(TRIAL)) {
                    Waited::Command(WriterCommand::Write(job)) => self.write(job),
                    Waited::Command(WriterCommand::WritePieces(work)) => {
                        self.advance(Pieced::new(work));
                    }
                    Waited::Command(WriterCommand::Reset(answer)) => self.answer_resets(answer),
                    Waited::Long => self.try_writing(),
                    Waited::Command(WriterCommand::Stop) | Waited::Ended => break,
                }
            }
            if self.pieced.is_some()
                && let Some(job) = self.inbox.next_beside()
            {
                self.write(job);
            }
            // Nobody waits for this but the next group.
            self.tell_slow_queries();
        }
        self.end();
    }

    /// Checkpoints the WAL. What still waits is dropped, and so learns that the store is closed.
    fn end(self) {
        let checkpoint = || {
            // The deadline is over, and this is what there was time left for.
            self.connection.progress_handler(0, None::<fn() -> bool>)?;
            if self.deadline.is_set() {
                // Reads that are cut off may hold a part of the WAL as long as they like.
                self.connection.busy_timeout(LAST_WAIT)?;
            }
            // Readers would keep the WAL from being checkpointed.
            self.shared.current().renew_readers();
            self.connection
                .pragma(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))
        };
        // A shorter WAL makes for a faster next start; the data is safe without it.
        if let Err(cause) = checkpoint() {
            tracing::warn!(%cause, "the WAL was not checkpointed");
        }
    }

    /// Whether what is written would be found again: nothing but this process may have the files open.
    fn in_place(&self) -> Result<(), Arc<rusqlite::Error>> {
        match self.shared.current().missing() {
            Some(path) => Err(Arc::new(displaced(path))),
            None => Ok(()),
        }
    }

    /// What a commit comes to: one to files that have gone from their place meanwhile is in doubt.
    fn found_again(&self) -> Result<(), Arc<rusqlite::Error>> {
        self.in_place().map_err(|displaced| {
            self.shared.counters.writing.failed(&displaced);
            let code = ffi::Error::new(ffi::SQLITE_IOERR_DELETE_NOENT);
            Arc::new(rusqlite::Error::SqliteFailure(code, None))
        })
    }

    /// Notes what a commit says of the storage.
    fn note(&self, committed: &Result<(), Arc<rusqlite::Error>>) {
        let writing = &self.shared.counters.writing;
        match committed {
            Ok(()) => writing.works(),
            Err(cause) => writing.failed(cause),
        }
    }

    /// Finds out whether writes still fail.
    fn try_writing(&self) {
        let prove = || prove_writable(&self.connection).map_err(Arc::new);
        self.note(&self.in_place().and_then(|()| prove()));
    }

    fn tell_slow_queries(&self) {
        let slow_queries = &self.shared.counters.slow_queries;
        if slow_queries.are_there() {
            slow_queries.tell(&self.connection);
        }
    }

    /// Runs the next piece of a write.
    fn advance(&mut self, pieced: Pieced) {
        let begin = Instant::now();
        let generation = self.shared.current();
        let mut advance = match self.in_place() {
            Err(cause) if !pieced.has_failed() => {
                self.note(&Err(Arc::clone(&cause)));
                let reason = Err(StoreError::Commit(cause));
                pieced.fail(reason, &self.connection, &self.changes)
            }
            _ => pieced.advance(&self.connection, &self.changes),
        };
        if let Advance::Commits(mut whole) = advance {
            let changes = whole.changes(self.changes.take());
            let mut last = Uncommitted {
                writes: 1,
                audience: Audience::all(),
                ..Uncommitted::default()
            };
            let committed = self.commit(&mut last, &changes, &generation);
            self.count(1, begin, committed.is_ok());
            advance = match committed {
                Ok(()) => {
                    whole.answer(self.found_again().map_err(StoreError::Commit));
                    Advance::Ended
                }
                Err(cause) => {
                    let reason = Err(StoreError::Commit(cause));
                    whole.fail(reason, &self.connection, &self.changes)
                }
            };
        }
        // The pages of a piece are many: the WAL is looked at behind each.
        self.checkpoints.look_next();
        let is_stuck = matches!(advance, Advance::IsStuck(_));
        self.checkpoint(&generation, is_stuck);
        match advance {
            Advance::GoesOn(pieced) | Advance::Commits(pieced) => self.pieced = Some(pieced),
            Advance::IsStuck(pieced) => {
                self.pieced = Some(pieced);
                std::thread::park_timeout(RETRY);
            }
            Advance::Ended => {}
        }
    }

    /// Commits `first` together with the writes queued behind it.
    fn write(&mut self, first: Job) {
        self.wait_for_interval();
        let generation = self.shared.current();
        let mut group = self.run_group(first, &generation);
        let begin = Instant::now();
        let changes = self.changes.take();
        let committed = self.commit(&mut group, &changes, &generation);
        let committed = committed.and_then(|()| self.found_again());
        // When all were undone, there was no commit.
        if group.writes > 0 || committed.is_err() {
            self.count(group.writes, begin, committed.is_ok());
        }
        for answer in group.answers {
            answer(committed.clone().map_err(StoreError::Commit));
        }
        let is_full = committed.is_err_and(|cause| is_full(&cause));
        self.checkpoint(&generation, is_full);
    }

    fn count(&self, writes: usize, begin: Instant, is_committed: bool) {
        let counters = &self.shared.counters;
        counters.group(writes, begin.elapsed(), is_committed);
    }

    /// Checkpoints a WAL that is long. Nobody waits for this but the next group.
    fn checkpoint(&mut self, generation: &Generation, is_full: bool) {
        let checkpoints = &mut self.checkpoints;
        match checkpoints.after_group(&self.connection, generation, is_full, &self.deadline) {
            Ok(false) => {}
            Ok(true) => {
                let counted = &self.shared.counters.checkpoints;
                counted.fetch_add(1, Ordering::Relaxed);
            }
            Err(cause) => {
                tracing::error!(%cause, "the WAL was not checkpointed");
            }
        }
    }

    /// Begins a transaction and runs `first` in it, and what is queued behind it as long as that is
    /// writes and there is a transaction.
    fn run_group(&mut self, first: Job, generation: &Generation) -> Uncommitted {
        let mut group = Uncommitted::default();
        let start = Instant::now();
        let begin = || {
            let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
            begun.map_err(Arc::new)
        };
        let begun = self.in_place().and_then(|()| begin());
        let mut next = Some(first);
        while let Some(job) = next.take() {
            let mark = self.changes.mark();
            let ran = (job.work)(&self.connection);
            group.answers.push(ran.answer);
            match ran.left {
                Left::Changes => {
                    group.writes += 1;
                    match job.seen {
                        Seen::Always => group.audience.add_all(),
                        Seen::ByUser(user) => group.audience.add(user),
                        Seen::WhereDerived => {}
                    }
                    // What comes next in the group finds another state than readers do.
                    let is_seen = !group.audience.is_empty() || self.changes.mark() > 0;
                    generation.changes().set_pending(is_seen);
                }
                // No read can show what is not there: a refusal makes no new revision, and tags that
                // clients hold stay good. The rows that it touched are as they were before it.
                Left::Nothing => self.changes.back_to(mark),
                Left::Aborted(cause) => group.aborted = Some(cause),
            }
            // Without a transaction, what waits would only fail: it has its chance in the next group.
            if group.aborted.is_some()
                || group.answers.len() >= self.batch
                || start.elapsed() >= GROUP_TIME
            {
                break;
            }
            next = match self.pieced {
                Some(_) => self.inbox.next_beside(),
                None => self.inbox.next_write(),
            };
        }
        if let Err(cause) = begun {
            group.aborted = Some(cause);
        }
        let waiting = &self.shared.counters.waiting;
        waiting.fetch_sub(group.answers.len(), Ordering::Relaxed);
        group
    }

    /// Ends the group's transaction, and has readers see what is new in it.
    fn commit(
        &mut self,
        group: &mut Uncommitted,
        changes: &[Change],
        generation: &Generation,
    ) -> Result<(), Arc<rusqlite::Error>> {
        let aborted = group.aborted.take();
        // What is gone already nobody can see. A commit that fails may have come to the disk.
        if !changes.is_empty() {
            group.audience.add_all();
        }
        let is_seen = aborted.is_none() && !group.audience.is_empty();
        if is_seen {
            generation.changes().begin(&group.audience);
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
        if group.writes > 0 || committed.is_err() {
            self.note(&committed);
        }
        self.committed = Some(Instant::now());
        generation.changes().set_pending(false);
        if is_seen {
            if committed.is_ok() {
                self.tell(generation, changes);
            }
            generation.changes().end(&group.audience);
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
                // The whole file has rows that do not count yet: the end of that write mends this.
                Err(_) if self.pieced.is_some() => Err(StoreError::NotDerived),
                Err(_) => deriver.load(generation),
            };
            if let Err(cause) = &derived {
                tracing::error!(%cause, "nothing can be derived from the last commit");
            }
            generation.set_derived(derived.ok());
        }
    }

    /// Resets once for `first` and for the resets queued right behind it.
    fn answer_resets(&mut self, first: ResetAnswer) {
        let mut answers = vec![first];
        answers.extend(std::iter::from_fn(|| self.inbox.next_reset()));
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
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        // In a folder that was replaced, another process may be the primary.
        if !self.files.is_locked() {
            let path = self.files.path(self.shared.current().number());
            let cause = displaced(&path);
            self.shared.counters.writing.failed(&cause);
            return Err(StoreError::Storage { path, cause });
        }
        // Numbers rise also when somebody moved the file that is served away: revisions have them.
        let number = self.files.unused()?.max(self.shared.current().number() + 1);
        let options = &self.shared.options;
        copy_baked(&self.files, options, number)?;
        let counters = &self.shared.counters;
        let opened = open_generation(&self.files, number, options, &self.deadline, counters);
        let (opened, generation) = opened.inspect_err(|_| {
            // Left behind, it would be the newest generation of the next start.
            remove_generation(&self.files.path(number));
        })?;
        // Nothing may fail from here on: the writer and the readers would be at different files.
        self.connection = opened.connection;
        self.changes = opened.changes;
        self.checkpoints = Checkpoints::default();
        self.shared.swap(generation).retire();
        self.shared.counters.writing.works();
        Ok(())
    }
}

/// What the writer has open.
pub(super) struct WriterConnection {
    connection: Connection,
    /// What it changes.
    changes: ChangeLog,
    deadline: Deadline,
}

/// Shows that a primary can write its file and make others beside it. That there is no space may pass, and
/// reads go on meanwhile.
fn prove(
    files: &PrimaryFiles,
    connection: &Connection,
    counters: &Counters,
) -> Result<(), StoreError> {
    files.prove_writable()?;
    match prove_writable(connection) {
        Err(cause) if is_full(&cause) => counters.writing.failed(&cause),
        proved => proved?,
    }
    Ok(())
}

/// Opens a generation for the writer and for readers. What an upload left in it that did not end is
/// removed.
pub(super) fn open_generation(
    files: &PrimaryFiles,
    number: u64,
    options: &StoreOptions,
    deadline: &Deadline,
    counters: &Arc<Counters>,
) -> Result<(WriterConnection, Generation), StoreError> {
    let path = files.path(number);
    // Before it is opened for writing, which changes a file that is not in WAL mode.
    let accepted = check(&path, Access::Shared, options)?;
    let of_opening = |cause| StoreError::of_opening(&path, cause);
    let connection = open_writer(&path, options.durability).map_err(of_opening)?;
    let undone = unfinished::undo_all(&connection).map_err(of_opening)?;
    if undone > 0 {
        tracing::info!("removed what an upload left that did not end");
    }
    deadline.interrupt(&connection)?;
    counters.slow_queries.time(&connection);
    let changes = ChangeLog::default();
    let tables = options.deriver.map_or(&[][..], Deriver::tables);
    changes.watch(&connection, tables)?;
    let mut generation =
        Generation::open(&path, number, Access::Shared, accepted, options, counters)?;
    // After all that can refuse the file, which is then left as it is: this changes bytes of it.
    prove(files, &connection, counters).map_err(|error| match error {
        StoreError::Sqlite(cause) => of_opening(cause),
        other => other,
    })?;
    generation.set_place(files.place(number)?);
    let opened = WriterConnection {
        connection,
        changes,
        deadline: deadline.clone(),
    };
    Ok((opened, generation))
}
