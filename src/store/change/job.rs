//! One write on the writer's connection: a job that is run in a savepoint beside others, or one in pieces
//! that has transactions of its own.
//!
//! What an app's work returns or panics with becomes an answer here. It must not know queues, nor when
//! anything is committed.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ffi};
use tokio::sync::oneshot;

use crate::store::StoreError;
use crate::store::panic::panic_message;
use crate::store::watch::figures::WriteInPieces;

/// How long a piece of a write may take. Others wait for it and for its commit; and each piece costs
/// pages of the indexes that the next one writes again.
const PIECE_TIME: Duration = Duration::from_millis(50);

/// Runs one job's work.
pub(super) type Work = Box<dyn FnOnce(&Connection) -> Ran + Send>;
/// Is called with the outcome of the commit.
pub(super) type CommitCallback = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A write that waits for its turn.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) seen: Seen,
}

/// Whether reads can tell that something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Seen {
    Always,
    /// By one user's reads, and by all where the deriver's tables change.
    ByUser(i64),
    /// Only by changes of the deriver's tables.
    WhereDerived,
}

/// A job whose work was run.
pub(super) struct Ran {
    pub(super) answer: CommitCallback,
    pub(super) left: Left,
}

/// What a job's work leaves in the group's transaction.
pub(super) enum Left {
    /// What it wrote.
    Changes,
    /// Nothing: it failed and was undone.
    Nothing,
    /// No transaction: its failure ended that of the whole group.
    Aborted(Arc<rusqlite::Error>),
}

/// What a piece of a write says of the whole.
#[derive(Debug)]
pub enum Piece<T> {
    /// There is more to be done, by another call.
    More,
    /// This was the last piece, and this is the result.
    Last(T),
}

/// The time that a piece has, from its begin on.
#[derive(Debug, Clone, Copy)]
pub struct PieceTime(Instant);

impl PieceTime {
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Whether it is time to end the piece.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.elapsed() >= PIECE_TIME
    }
}

/// A write in pieces, each of which is run in a transaction of the writer's.
pub(super) trait PiecedWork: Send {
    fn run(&mut self, connection: &Connection) -> PieceEnd;
    /// Answers with the result, unless it could not be committed.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// How a piece ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceEnd {
    More,
    Last,
    Failed,
}

/// The work of an app in pieces, with who waits for it.
pub(super) struct Pieces<T, E, F> {
    work: F,
    result: Result<T, E>,
    answer: oneshot::Sender<Result<T, E>>,
    _counted: WriteInPieces,
}

impl<T, E: From<StoreError>, F> Pieces<T, E, F> {
    pub(super) fn new(
        work: F,
        answer: oneshot::Sender<Result<T, E>>,
        counted: WriteInPieces,
    ) -> Self {
        Self {
            work,
            result: Err(StoreError::Stopped.into()),
            answer,
            _counted: counted,
        }
    }
}

impl<T, E, F> PiecedWork for Pieces<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&Connection, PieceTime) -> Result<Piece<T>, E> + Send,
{
    fn run(&mut self, connection: &Connection) -> PieceEnd {
        let time = PieceTime::begin();
        let ran = caught(|| (self.work)(connection, time));
        let (result, end) = match ran {
            Ok(Piece::More) => return PieceEnd::More,
            Ok(Piece::Last(value)) => (Ok(value), PieceEnd::Last),
            Err(error) => (Err(error), PieceEnd::Failed),
        };
        self.result = result;
        end
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // A client that went away no longer wants the answer; its write stands.
        drop(
            self.answer
                .send(committed.map_err(E::from).and(self.result)),
        );
    }
}

/// The work of an app as a job, whose answer goes to `answer`.
pub(super) fn boxed<T, E>(
    work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    answer: oneshot::Sender<Result<T, E>>,
) -> Work
where
    T: Send + 'static,
    E: From<StoreError> + Error + Send + 'static,
{
    Box::new(move |connection| {
        let (result, left) = in_savepoint(connection, work);
        let answer: CommitCallback = Box::new(move |committed| {
            // A client that went away no longer wants the answer; its write stands.
            drop(answer.send(committed.map_err(E::from).and(result)));
        });
        Ran { answer, left }
    })
}

fn caught<T, E: From<StoreError>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(StoreError::Panicked(panic_message(&*panic)).into()))
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
    let result = caught(|| work(connection));
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

/// For a job or a piece that ended the transaction and keeps to itself why.
pub(super) fn unknown_cause() -> rusqlite::Error {
    let code = ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK);
    let text = "a write ended the transaction of its group".to_owned();
    rusqlite::Error::SqliteFailure(code, Some(text))
}
