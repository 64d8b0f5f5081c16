//! The rows of words: found by the number of their sentences, in their order, added, replaced and removed.

use rusqlite::{Connection, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::lookup::link;

const OF_NUMBER: &str = "SELECT id, en, note, url FROM words WHERE sentence_no = ?1 ORDER BY id";
const COUNT: &str = "SELECT count(*) FROM words WHERE sentence_no = ?1";
const INSERT: &str =
    "INSERT INTO words (sentence_no, en, note, url) VALUES (?1, ?2, ?3, ?4) RETURNING id";
const DELETE_ALL: &str = "DELETE FROM words WHERE sentence_no = ?1";
const DELETE: &str = "DELETE FROM words WHERE sentence_no = ?1 AND id = ?2";

/// Statements of this folder, for the test that reads plans.
#[cfg(test)]
pub(in crate::apps::english) const STATEMENTS: [&str; 5] =
    [OF_NUMBER, COUNT, INSERT, DELETE_ALL, DELETE];

/// A word that is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::apps::english) struct StoredWord {
    pub(in crate::apps::english) id: i64,
    pub(in crate::apps::english) en: String,
    /// What it means.
    pub(in crate::apps::english) note: String,
    /// Where more is said of it, or nothing.
    pub(in crate::apps::english) url: String,
}

impl StoredWord {
    /// The address that the word links to.
    pub(in crate::apps::english) fn link(&self) -> Option<&str> {
        link(&self.url)
    }
}

/// A word that is to be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::apps::english) struct NewWord {
    pub(in crate::apps::english) en: String,
    pub(in crate::apps::english) note: String,
    pub(in crate::apps::english) url: String,
}

/// The words of the sentences with a number, in their order.
pub(super) fn words_of(connection: &Connection, no: i64) -> rusqlite::Result<Vec<StoredWord>> {
    let of_row = |row: &Row<'_>| {
        Ok(StoredWord {
            id: row.get(0)?,
            en: row.get(1)?,
            note: row.get(2)?,
            url: row.get(3)?,
        })
    };
    let mut select = connection.prepare_cached(OF_NUMBER)?;
    select.query_map([no], of_row)?.collect()
}

/// How many they are.
pub(super) fn count(connection: &Connection, no: i64) -> rusqlite::Result<usize> {
    let mut select = connection.prepare_cached(COUNT)?;
    select.query_row([no], |row| row.get(0))
}

/// Adds words behind the others.
pub(super) fn add(
    connection: &Connection,
    no: i64,
    words: Vec<NewWord>,
) -> rusqlite::Result<Vec<StoredWord>> {
    let mut insert = connection.prepare_cached(INSERT)?;
    let stored = words.into_iter().map(|word| {
        let values = (no, &word.en, &word.note, &word.url);
        let id = insert.query_row(values, |row| row.get(0))?;
        let NewWord { en, note, url } = word;
        Ok(StoredWord { id, en, note, url })
    });
    stored.collect()
}

/// Removes all words of a number; how many.
pub(super) fn remove_all(connection: &Connection, no: i64) -> rusqlite::Result<usize> {
    connection.prepare_cached(DELETE_ALL)?.execute([no])
}

/// Removes one of them; whether it was there.
pub(super) fn remove(connection: &Connection, no: i64, id: i64) -> rusqlite::Result<bool> {
    let removed = connection.prepare_cached(DELETE)?.execute([no, id])?;
    Ok(removed > 0)
}
