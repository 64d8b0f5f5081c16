//! Writes that their clients may repeat: the first response is stored under the client's key.
//!
//! A response is stored in the savepoint of the write that it is about, so that neither is there without
//! the other, whatever happens to the group, the process or the machine. A repetition finds it when its
//! turn comes: the writer does one thing at a time, so there is nothing in between. Answers go after
//! a time, or when they are too many, oldest first, a few with each write that brings a new one.
//!
//! Keys belong to their owner: the same key of another user, or of nobody, is another key. A response that
//! holds a secret is not stored, only that it was given. What a response's parts mean is the caller's to know.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::stored_response::{StoredBody, StoredHeader, StoredResponse};

use crate::store::StoreError;

/// Made by the first write that has a key: an older file has no such table, a start needs none, and
/// where it is there already this costs less than a microsecond. Rows have rising numbers, so the lowest
/// are the oldest. Answers are small; the size is bounded all the same.
const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS ekiben_answer (
      id           INTEGER PRIMARY KEY,
      key          TEXT    NOT NULL UNIQUE,
      request      BLOB    NOT NULL,
      status       INTEGER NOT NULL,
      content_type TEXT,
      body         BLOB CHECK (length(body) <= 65536),
      at           INTEGER NOT NULL,
      headers      TEXT CHECK (length(headers) <= 8192)
    ) STRICT";

const NAME: &str = "ekiben_answer";

/// For tables that a version before this column made. Older programs do without it: they name the columns
/// that they write.
const HEADERS: &str =
    "ALTER TABLE ekiben_answer ADD COLUMN headers TEXT CHECK (length(headers) <= 8192)";

const FIND: &str = "SELECT request, status, content_type, body, headers FROM ekiben_answer
    WHERE key = ?1 AND at > ?2";

/// What it replaces has expired and waits to be removed.
const KEEP: &str = "INSERT OR REPLACE INTO ekiben_answer
    (key, request, status, content_type, body, at, headers) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// Removes up to four, more than a write adds, so that a backlog shrinks. Numbers have gaps only where
/// one was replaced, so there are never more rows than from the lowest to the highest.
const FORGET: &str = "DELETE FROM ekiben_answer
    WHERE id IN (SELECT id FROM ekiben_answer ORDER BY id LIMIT 4)
      AND (at <= ?1 OR id <= (SELECT max(id) FROM ekiben_answer) - ?2)";

/// A digest of what a request asks for.
pub type RequestDigest = [u8; 32];

/// How long responses are stored, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long; zero for not at all.
    pub time: Duration,
    /// How many at most; then the oldest goes for each new one.
    pub answers: u32,
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done now.
    Done(StoredResponse),
    /// It was done before, and this was its answer.
    Replayed(StoredResponse),
    /// It was done before. Its answer had this status and was not stored ([`Once::without_keeping`]).
    Withheld(u16),
    /// It was not done: its key belongs to another request.
    KeyTaken,
}

/// A write that is done once for its key, or each time when it has none.
#[derive(Debug, Clone, Default)]
pub struct Once(Option<Keyed>);

#[derive(Debug, Clone)]
struct Keyed {
    /// As it is in the table.
    key: String,
    request: RequestDigest,
    retention: Retention,
    is_secret: bool,
}

impl Once {
    /// A write for which `owner`, the id of a user or nobody, gave `key`. The same key of the same owner
    /// with another `request` is refused.
    #[must_use]
    pub fn keyed(
        owner: Option<i64>,
        key: &str,
        request: RequestDigest,
        retention: Retention,
    ) -> Self {
        Self(Some(Keyed {
            key: owned_key(owner, key),
            request,
            retention,
            is_secret: false,
        }))
    }

    /// The same write, of whose answer only the status is kept, for what holds a secret: files and
    /// backups then do not have it. A repetition learns that it was done ([`Outcome::Withheld`]).
    #[must_use]
    pub fn without_keeping(self) -> Self {
        Self(self.0.map(|keyed| Keyed {
            is_secret: true,
            ..keyed
        }))
    }

    /// Whether it has a key.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.0.is_some()
    }

    /// What became of the write if it was done before; for a job of the writer that only later calls
    /// [`Once::apply`].
    ///
    /// # Errors
    /// When the answers cannot be read.
    pub fn repeated(&self, connection: &Connection) -> Result<Option<Outcome>, StoreError> {
        let Some(keyed) = &self.0 else {
            return Ok(None);
        };
        let expired = keyed.expired(now());
        Ok(keyed
            .find(connection, expired)?
            .map(|found| keyed.outcome(found)))
    }

    /// Does `work` unless it was done before; for a job of the writer. An answer is kept with what `work`
    /// writes, an error with nothing: a repetition then has its chance.
    ///
    /// # Errors
    /// Whatever `work` returns, and when its answer cannot be kept. The job must fail then, so that
    /// its changes are undone.
    pub fn apply<E: From<StoreError>>(
        &self,
        connection: &Connection,
        work: impl FnOnce(&Connection) -> Result<StoredResponse, E>,
    ) -> Result<Outcome, E> {
        match &self.0 {
            None => work(connection).map(Outcome::Done),
            Some(keyed) => keyed.apply(connection, now(), work),
        }
    }
}

impl Keyed {
    /// `now` in seconds since 1970: it has to mean the same after a restart.
    fn apply<E: From<StoreError>>(
        &self,
        connection: &Connection,
        now: i64,
        work: impl FnOnce(&Connection) -> Result<StoredResponse, E>,
    ) -> Result<Outcome, E> {
        let expired = self.expired(now);
        let found = self.find(connection, expired).map_err(StoreError::Sqlite)?;
        if let Some(found) = found {
            return Ok(self.outcome(found));
        }
        let answer = work(connection)?;
        self.keep(connection, &answer, now, expired)
            .map_err(StoreError::Sqlite)?;
        Ok(Outcome::Done(answer))
    }

    /// Until when answers have expired.
    fn expired(&self, now: i64) -> i64 {
        let time = i64::try_from(self.retention.time.as_secs()).unwrap_or(i64::MAX);
        now.saturating_sub(time)
    }

    fn outcome(&self, (request, answer): (RequestDigest, StoredResponse)) -> Outcome {
        if request != self.request {
            Outcome::KeyTaken
        } else if self.is_secret {
            Outcome::Withheld(answer.status)
        } else {
            Outcome::Replayed(answer)
        }
    }

    fn keep(
        &self,
        connection: &Connection,
        answer: &StoredResponse,
        now: i64,
        expired: i64,
    ) -> rusqlite::Result<()> {
        let body = answer.body.as_ref().filter(|_| !self.is_secret);
        let headers =
            Some(&answer.headers).filter(|headers| !headers.is_empty() && !self.is_secret);
        let headers = headers.map(serde_json::to_string).transpose();
        connection.prepare_cached(KEEP)?.execute((
            &self.key,
            self.request,
            answer.status,
            body.map(|body| &body.content_type),
            body.map(|body| &body.bytes),
            now,
            headers.map_err(|cause| rusqlite::Error::ToSqlConversionFailure(cause.into()))?,
        ))?;
        let mut forget = connection.prepare_cached(FORGET)?;
        forget.execute((expired, self.retention.answers))?;
        Ok(())
    }

    /// The previous answer, from a table that is there from here on.
    fn find(
        &self,
        connection: &Connection,
        expired: i64,
    ) -> rusqlite::Result<Option<(RequestDigest, StoredResponse)>> {
        connection.prepare_cached(TABLE)?.execute([])?;
        if !connection.column_exists(None, NAME, "headers")? {
            connection.execute(HEADERS, [])?;
        }
        let mut find = connection.prepare_cached(FIND)?;
        find.query_row((&self.key, expired), |row| Ok((row.get(0)?, answer(row)?)))
            .optional()
    }
}

/// The key in the table. That of nobody is as it came, which holds no line feed; so no key is that of
/// another owner, and those that are there already stay what they are.
fn owned_key(owner: Option<i64>, key: &str) -> String {
    match owner {
        Some(owner) => format!("{owner}\n{key}"),
        None if key.contains('\n') => format!("\n{key}"),
        None => key.to_owned(),
    }
}

/// From a row of [`FIND`].
fn answer(row: &Row<'_>) -> rusqlite::Result<StoredResponse> {
    let content_type: Option<String> = row.get(2)?;
    let bytes: Option<Vec<u8>> = row.get(3)?;
    let body = content_type.zip(bytes);
    let headers: Option<String> = row.get(4)?;
    let headers: Option<Vec<StoredHeader>> = headers
        .map(|headers| serde_json::from_str(&headers))
        .transpose()
        .map_err(|cause| rusqlite::Error::FromSqlConversionFailure(4, Type::Text, cause.into()))?;
    Ok(StoredResponse {
        status: row.get(1)?,
        headers: headers.unwrap_or_default(),
        body: body.map(|(content_type, bytes)| StoredBody {
            content_type,
            bytes,
        }),
    })
}

/// By the wall clock: whoever sets it back keeps answers longer.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * 60;
    const RETENTION: Retention = Retention {
        time: Duration::from_secs(24 * 60 * 60),
        answers: 10,
    };

    /// A table in which each write that is done leaves a row.
    struct KeptWrites(Connection);

    impl KeptWrites {
        fn new() -> Self {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch("CREATE TABLE done (at)").unwrap();
            Self(connection)
        }

        /// The outcome of a write at `now`, whose answer says when it was done.
        fn write(&self, key: &str, request: u8, retention: Retention, now: i64) -> Outcome {
            let Once(keyed) = Once::keyed(None, key, [request; 32], retention);
            self.write_once(&keyed.unwrap(), now)
        }

        fn write_once(&self, keyed: &Keyed, now: i64) -> Outcome {
            let work = |connection: &Connection| {
                connection.execute("INSERT INTO done VALUES (?1)", [now])?;
                Ok::<_, StoreError>(answer(now))
            };
            keyed.apply(&self.0, now, work).unwrap()
        }

        fn count(&self, table: &str) -> i64 {
            let select = format!("SELECT count(*) FROM {table}");
            self.0.query_row(&select, [], |row| row.get(0)).unwrap()
        }
    }

    fn answer(now: i64) -> StoredResponse {
        let mut answer =
            StoredResponse::new(201).with_body("text/plain", now.to_string().into_bytes());
        answer
            .headers
            .push(("location".into(), format!("/done/\"{now}\"")));
        answer
    }

    #[test]
    fn keys_belong_to_their_owner() {
        let kept = KeptWrites::new();
        let owners = [
            (None, "k"),
            (Some(1), "k"),
            (Some(2), "k"),
            (Some(-1), "k"),
            (None, "1\nk"),
            (None, "\nk"),
            (Some(1), "1\nk"),
        ];
        for turn in 0..2 {
            for (at, (owner, key)) in (1000..).zip(owners) {
                let Once(keyed) = Once::keyed(owner, key, [1; 32], RETENTION);
                let outcome = kept.write_once(&keyed.unwrap(), at + turn);
                let expected = match turn {
                    0 => Outcome::Done(answer(at)),
                    _ => Outcome::Replayed(answer(at)),
                };
                assert_eq!(outcome, expected, "{owner:?} {key:?}");
            }
        }
    }

    #[test]
    fn of_a_secret_answer_only_the_status_is_kept() {
        let kept = KeptWrites::new();
        let secret = |request| {
            let once = Once::keyed(None, "k", [request; 32], RETENTION).without_keeping();
            kept.write_once(&once.0.unwrap(), 1000)
        };
        assert_eq!(secret(1), Outcome::Done(answer(1000)));
        assert_eq!(secret(1), Outcome::Withheld(201));
        assert_eq!(secret(2), Outcome::KeyTaken);
        let select = "SELECT count(*) FROM ekiben_answer
            WHERE coalesce(content_type, body, headers) IS NULL";
        assert_eq!(kept.0.query_row(select, [], |row| row.get(0)), Ok(1));
    }

    #[test]
    fn a_table_of_before_goes_on_and_learns_of_headers() {
        let kept = KeptWrites::new();
        let before = "CREATE TABLE ekiben_answer (
              id           INTEGER PRIMARY KEY,
              key          TEXT    NOT NULL UNIQUE,
              request      BLOB    NOT NULL,
              status       INTEGER NOT NULL,
              content_type TEXT,
              body         BLOB CHECK (length(body) <= 65536),
              at           INTEGER NOT NULL
            ) STRICT";
        kept.0.execute_batch(before).unwrap();
        let insert =
            "INSERT INTO ekiben_answer (key, request, status, at) VALUES (?1, ?2, 404, 1000)";
        let insert = || kept.0.execute(insert, ("old", [1_u8; 32]));
        assert_eq!(insert(), Ok(1));
        let old = kept.write("old", 1, RETENTION, 1001);
        assert_eq!(old, Outcome::Replayed(StoredResponse::new(404)));
        let new = |now| kept.write("new", 1, RETENTION, now);
        assert_eq!(new(1002), Outcome::Done(answer(1002)));
        assert_eq!(new(1003), Outcome::Replayed(answer(1002)));
        // What the previous program writes, should it come back.
        kept.0.execute("DELETE FROM ekiben_answer", []).unwrap();
        assert_eq!(insert(), Ok(1));
        assert_eq!(kept.write("old", 1, RETENTION, 1004), old);
    }

    #[test]
    fn a_write_is_done_once_for_its_key_until_the_answer_has_expired() {
        let kept = KeptWrites::new();
        let write = |request, now| kept.write("k", request, RETENTION, now);
        let start = 1_000_000;
        assert_eq!(write(1, start), Outcome::Done(answer(start)));
        for now in [start, start + 24 * HOUR - 1, start - HOUR] {
            assert_eq!(write(1, now), Outcome::Replayed(answer(start)), "{now}");
            assert_eq!(write(2, now), Outcome::KeyTaken, "{now}");
        }
        assert_eq!(kept.count("done"), 1);
        let later = start + 24 * HOUR;
        assert_eq!(write(2, later), Outcome::Done(answer(later)));
        assert_eq!(write(2, later + 1), Outcome::Replayed(answer(later)));
        assert_eq!((kept.count("done"), kept.count("ekiben_answer")), (2, 1));
    }

    #[test]
    fn a_write_without_a_key_is_done_each_time_and_makes_no_table() {
        let kept = KeptWrites::new();
        for _ in 0..2 {
            let work = |connection: &Connection| {
                connection.execute("INSERT INTO done VALUES (0)", [])?;
                Ok::<_, StoreError>(answer(0))
            };
            let outcome = Once::default().apply(&kept.0, work).unwrap();
            assert_eq!(outcome, Outcome::Done(answer(0)));
        }
        assert_eq!(kept.count("done"), 2);
        assert_eq!(kept.count("sqlite_schema"), 1);
    }

    #[test]
    fn what_fails_and_what_is_too_large_to_keep_is_an_error() {
        let kept = KeptWrites::new();
        let once = Once::keyed(None, "k", [1; 32], RETENTION);
        let failing = |_: &Connection| Err(StoreError::from(rusqlite::Error::InvalidQuery));
        assert!(once.apply(&kept.0, failing).is_err());
        let large = |length| {
            let mut large = answer(0);
            large.body.as_mut().unwrap().bytes = vec![0; length];
            once.apply(&kept.0, move |_: &Connection| Ok::<_, StoreError>(large))
        };
        assert!(large(65_537).is_err());
        assert!(matches!(large(65_536).unwrap(), Outcome::Done(_)));
    }

    #[test]
    fn there_are_never_more_answers_than_configured_and_the_oldest_go_first() {
        let kept = KeptWrites::new();
        for now in 1..=25 {
            kept.write(&now.to_string(), 1, RETENTION, now);
            assert_eq!(kept.count("ekiben_answer"), now.min(10));
        }
        let replayed = |key: i64, answers: u32| {
            let retention = Retention {
                answers,
                ..RETENTION
            };
            let outcome = kept.write(&key.to_string(), 1, retention, 26);
            matches!(outcome, Outcome::Replayed(_))
        };
        assert!(replayed(16, 10) && replayed(25, 10));
        assert!(!replayed(15, 10));
        // A lower limit is reached gradually.
        for (new, left) in [(101, 7), (102, 4), (103, 1), (104, 1)] {
            assert!(!replayed(new, 1));
            assert_eq!(kept.count("ekiben_answer"), left);
        }
    }

    #[test]
    fn expired_answers_go_a_few_with_each_write() {
        let kept = KeptWrites::new();
        for key in 1..=10 {
            kept.write(&key.to_string(), 1, RETENTION, key);
        }
        let late = 24 * HOUR + 7;
        for (key, left) in [("a", 7), ("b", 5), ("c", 6)] {
            kept.write(key, 1, RETENTION, late);
            assert_eq!(kept.count("ekiben_answer"), left, "after {key}");
        }
    }
}
