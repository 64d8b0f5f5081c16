//! `ekiben seed english`: sentences of the original's list into data that is there, and the first user.
//!
//! Sentences are known by their numbers. One whose number is there is changed in its place, so that it keeps
//! what was graded of it; scores and users stay unless their end is asked for. The caller has it all in one
//! transaction, on a copy that nobody serves.
//!
//! # Layout
//! - [`SentenceList`]: the list; [`FirstUser`]: who can sign in at first
//! - this file: what becomes of both

mod first_user;
mod list;

use std::collections::{HashMap, VecDeque};
use std::path::Path;

use rusqlite::{CachedStatement, Connection};

pub use self::first_user::{FirstUser, FirstUserFlaw};
pub use self::list::{OddLine, SentenceList};
use super::time::now;
use crate::bake::record_input;
use crate::file::{FileError, Schema};
use crate::load::LoadError;
use crate::load::progress::{Phase, Progress};

const KNOWN: &str = "SELECT ifnull(no, 0), id FROM sentences ORDER BY id";
const INSERT: &str = "INSERT INTO sentences (no, jp, en, voice_data, created_at, updated_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?5)";
/// A recording that somebody chose stays, unless both texts are others: then it is of another sentence.
const UPDATE: &str = "UPDATE sentences SET jp = ?2, en = ?3, \
    voice_data = iif(jp IS NOT ?2 AND en IS NOT ?3, ?4, ifnull(voice_data, ?4)), \
    updated_at = ?5 WHERE id = ?1 AND (jp, en, voice_data IS NULL) IS NOT (?2, ?3, 0)";
/// And so are its words.
const FORGET_WORDS: &str = "DELETE FROM words WHERE sentence_no = \
    (SELECT no FROM sentences WHERE id = ?1 AND jp IS NOT ?2 AND en IS NOT ?3)";
/// Nobody has seen their numbers.
const CLEAR: &str = "DELETE FROM words; DELETE FROM sentences; \
    DELETE FROM sqlite_sequence WHERE name IN ('words', 'sentences'); DELETE FROM ekiben_input";
/// Foreign keys are not looked at in a copy that nobody serves yet.
const DELETE: [&str; 2] = [
    "DELETE FROM scores WHERE sentence_id = ?1",
    "DELETE FROM sentences WHERE id = ?1",
];
/// What was removed and is not gone yet.
const FINISH_REMOVALS: &str =
    "DELETE FROM scores WHERE sentence_id IN (SELECT id FROM removed_sentence);
    DELETE FROM sentences WHERE id IN (SELECT id FROM removed_sentence)";

/// What becomes of sentences that are not in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They stay.
    Stay,
    /// They go, with what was graded of them, and with their words.
    Go,
    /// They are the built-in ones, which nobody has seen yet: all go, with their words.
    NeverWere,
}

/// What is seeded.
#[derive(Debug)]
pub struct SentenceSeed<'a> {
    /// The schema of the file that is filled.
    pub schema: &'a Schema,
    /// The sentences.
    pub list: &'a SentenceList,
    /// What becomes of sentences that are not in the list.
    pub others: Others,
    /// Whether all users go, with all that they graded.
    pub replaces_users: bool,
    /// Who can sign in at first.
    pub first_user: Option<&'a FirstUser>,
}

/// A seed that was done: how many sentences.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct SentencesSeeded {
    /// Were there before.
    pub before: usize,
    /// Are new.
    pub added: usize,
    /// Have other texts now.
    pub changed: usize,
    /// Are no more.
    pub removed: usize,
    /// And users that are no more.
    pub users_removed: usize,
    /// Whether the first user is new.
    pub user_made: bool,
}

impl SentenceSeed<'_> {
    /// Stores it all, checks the whole file and adds the input to its provenance. `path` is named in errors.
    ///
    /// # Errors
    /// When a row does not fit, and when the checks of the schema complain.
    pub fn fill(
        &self,
        connection: &Connection,
        path: &Path,
        progress: &mut dyn Progress,
    ) -> Result<SentencesSeeded, LoadError> {
        let sqlite = |cause| FileError::Sqlite {
            path: path.to_owned(),
            cause,
        };
        let input = &self.list.input;
        progress.begin(Phase::Rows(input.name.clone(), input.bytes));
        let mut seeded = self.sentences(connection).map_err(sqlite)?;
        self.users(connection, &mut seeded).map_err(sqlite)?;
        progress.begin(Phase::Integrity);
        self.schema.check(connection)?;
        record_input(
            connection,
            input.clone(),
            &["sentences", "users", "scores", "words"],
        )
        .map_err(sqlite)?;
        Ok(seeded)
    }

    fn sentences(&self, connection: &Connection) -> rusqlite::Result<SentencesSeeded> {
        if self.others == Others::NeverWere {
            connection.execute_batch(CLEAR)?;
        }
        connection.execute_batch(FINISH_REMOVALS)?;
        let mut known = KnownSentences::of(connection)?;
        let mut seeded = SentencesSeeded {
            before: known.sentences,
            ..SentencesSeeded::default()
        };
        let mut rows = SeedRows::of(connection)?;
        for sentence in &self.list.sentences {
            let no = sentence.no;
            let (jp, en) = (&*sentence.jp, &*sentence.en);
            let voice = format!("/voice/{no:03}.mp3");
            match known.next(no.into()) {
                Some(id) => {
                    rows.forget_words.execute((id, jp, en))?;
                    seeded.changed += rows.update.execute((id, jp, en, voice, &rows.now))?;
                }
                None => {
                    rows.insert.execute((no, jp, en, voice, &rows.now))?;
                    seeded.added += 1;
                }
            }
        }
        if self.others == Others::Go {
            for id in known.left() {
                for delete in DELETE {
                    connection.prepare_cached(delete)?.execute([id])?;
                }
                seeded.removed += 1;
            }
        }
        Ok(seeded)
    }

    fn users(&self, connection: &Connection, seeded: &mut SentencesSeeded) -> rusqlite::Result<()> {
        if self.replaces_users {
            // Sums go with their users, so that scores find nothing to be subtracted from.
            seeded.users_removed = connection.execute("DELETE FROM users", [])?;
            connection.execute("DELETE FROM scores", [])?;
        }
        if let Some(user) = self.first_user {
            seeded.user_made = user.store(connection)?;
        }
        Ok(())
    }
}

/// The sentences that are there, by number. Of those of one number the oldest comes first, as in the list.
struct KnownSentences {
    ids: HashMap<i64, VecDeque<i64>>,
    sentences: usize,
}

impl KnownSentences {
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut known = Self {
            ids: HashMap::new(),
            sentences: 0,
        };
        let mut select = connection.prepare_cached(KNOWN)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            known
                .ids
                .entry(row.get(0)?)
                .or_default()
                .push_back(row.get(1)?);
            known.sentences += 1;
        }
        Ok(known)
    }

    /// The next sentence of that number.
    fn next(&mut self, no: i64) -> Option<i64> {
        self.ids.get_mut(&no)?.pop_front()
    }

    /// Those that were not asked for.
    fn left(self) -> Vec<i64> {
        let mut left: Vec<_> = self.ids.into_values().flatten().collect();
        left.sort_unstable();
        left
    }
}

/// How rows are written.
struct SeedRows<'c> {
    insert: CachedStatement<'c>,
    update: CachedStatement<'c>,
    forget_words: CachedStatement<'c>,
    now: String,
}

impl<'c> SeedRows<'c> {
    fn of(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            insert: connection.prepare_cached(INSERT)?,
            update: connection.prepare_cached(UPDATE)?,
            forget_words: connection.prepare_cached(FORGET_WORDS)?,
            now: now(),
        })
    }
}
