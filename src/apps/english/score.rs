//! Gradings: what one is in the file and in JSON, a learner's list of them, and how they are stored.
//!
//! A learner has her own and no others (advice 12): whose a grading is, is never asked. What it counts is
//! decided when it is made, and stays (advice 4). Sums are the schema's to keep.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::kind::Kind;
use super::path::{Addresses, parameter};
use super::time;

/// Selects gradings; what follows says which.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT id, passed, sentence_id, user_id, type, created_at, updated_at FROM scores WHERE ",
            $which
        )
    };
}

const SCORE: &str = select!("id = ?1");
const FORWARD: &str = select!("user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3 OFFSET ?4");
const BACKWARD: &str = select!("user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3 OFFSET ?4");
const FORWARD_OF_KIND: &str =
    select!("user_id = ?1 AND id > ?2 AND type = ?5 ORDER BY id LIMIT ?3 OFFSET ?4");
const BACKWARD_OF_KIND: &str =
    select!("user_id = ?1 AND id < ?2 AND type = ?5 ORDER BY id DESC LIMIT ?3 OFFSET ?4");
const IS_SENTENCE: &str = "SELECT 1 FROM sentences WHERE id = ?1";
const INSERT: &str = "INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
const UPDATE: &str =
    "UPDATE scores SET passed = ?2, sentence_id = ?3, updated_at = ?4 WHERE id = ?1";
const DELETE: &str = "DELETE FROM scores WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 9] = [
    SCORE,
    FORWARD,
    BACKWARD,
    FORWARD_OF_KIND,
    BACKWARD_OF_KIND,
    IS_SENTENCE,
    INSERT,
    UPDATE,
    DELETE,
];

/// What can be given of one. Who made it is the learner who asks, whatever is given.
pub(super) const NAMES: [&str; 3] = ["passed", "sentence_id", "user_id"];

/// A grading of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Score {
    pub(super) id: i64,
    pub(super) passed: Option<bool>,
    pub(super) sentence_id: i64,
    pub(super) user_id: i64,
    /// Its own kind.
    pub(super) kind: Kind,
    pub(super) created_at: String,
    updated_at: String,
}

/// A grading as JSON has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Score)]
pub(super) struct ScoreView {
    id: i64,
    #[schema(required)]
    passed: Option<bool>,
    sentence_id: i64,
    user_id: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    url: String,
}

/// A grading of one of the two kinds as JSON has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScoreOfKind)]
pub(super) struct ScoreOfKindView {
    id: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    url: String,
}

impl Score {
    /// The grading with this id, if it is of the learner `user` and of `kind`.
    pub(super) fn find(
        connection: &Connection,
        kind: Kind,
        user: i64,
        id: i64,
    ) -> rusqlite::Result<Option<Self>> {
        let mut select = connection.prepare_cached(SCORE)?;
        let found = select.query_row([id], Self::of_row).optional()?;
        let is_hers = |score: &Self| score.user_id == user;
        let is_of_kind = |score: &Self| kind == Kind::Any || score.kind == kind;
        Ok(found.filter(|score| is_hers(score) && is_of_kind(score)))
    }

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let kind = row.get_ref(4)?.as_str_or_null()?;
        Ok(Self {
            id: row.get(0)?,
            passed: row.get::<_, Option<i64>>(1)?.map(|passed| passed != 0),
            sentence_id: row.get(2)?,
            user_id: row.get(3)?,
            kind: Kind::of(kind),
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        })
    }

    /// It as JSON at the addresses of `kind`.
    pub(super) fn json(
        &self,
        kind: Kind,
        addresses: &Addresses,
    ) -> serde_json::Result<serde_json::Value> {
        let url = addresses.of_json(kind.resource(), self.id);
        let (created_at, updated_at) =
            (time::shown(&self.created_at), time::shown(&self.updated_at));
        match kind {
            Kind::Any => serde_json::to_value(ScoreView {
                id: self.id,
                passed: self.passed,
                sentence_id: self.sentence_id,
                user_id: self.user_id,
                created_at,
                updated_at,
                url,
            }),
            Kind::Written | Kind::NotWritten => serde_json::to_value(ScoreOfKindView {
                id: self.id,
                created_at,
                updated_at,
                url,
            }),
        }
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A page by its number, from 1 on.
    Page(i64),
    /// What follows a grading.
    After(i64),
    /// What is before a grading.
    Before(i64),
}

impl Part {
    /// That of a query. Links lead by ids, which cost the same however far they are.
    pub(super) fn of(query: Option<&str>) -> Self {
        let id = |name| parameter(query, name).and_then(|id| id.parse().ok());
        match (id("after"), id("before")) {
            (Some(id), _) => Self::After(id),
            (None, Some(id)) => Self::Before(id),
            (None, None) => Self::Page(super::path::page_in(query)),
        }
    }
}

/// A part of a learner's gradings, in the order of their ids.
pub(super) struct ScoreList {
    pub(super) rows: Vec<Score>,
    /// Whether there are some before.
    pub(super) has_previous: bool,
    /// Whether there are some behind.
    pub(super) has_next: bool,
}

impl ScoreList {
    /// `limit` of the gradings of `user` that are of `kind`.
    pub(super) fn read(
        connection: &Connection,
        kind: Kind,
        user: i64,
        part: Part,
        limit: i64,
    ) -> rusqlite::Result<Self> {
        let skip = match part {
            Part::Page(page) => (page - 1).saturating_mul(limit),
            Part::After(_) | Part::Before(_) => 0,
        };
        let (key, is_forward) = match part {
            Part::Page(_) => (i64::MIN, true),
            Part::After(id) => (id, true),
            Part::Before(id) => (id, false),
        };
        let sql = match (kind, is_forward) {
            (Kind::Any, true) => FORWARD,
            (Kind::Any, false) => BACKWARD,
            (_, true) => FORWARD_OF_KIND,
            (_, false) => BACKWARD_OF_KIND,
        };
        let mut select = connection.prepare_cached(sql)?;
        // One more tells whether the list goes on.
        let values = params![user, key, limit + 1, skip, kind.stored()];
        let values: &[&dyn rusqlite::ToSql] = match kind {
            Kind::Any => &values[..4],
            Kind::Written | Kind::NotWritten => values,
        };
        let rows = select.query_map(values, Score::of_row)?;
        let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let goes_on = rows.len() > wanted;
        rows.truncate(wanted);
        if !is_forward {
            rows.reverse();
        }
        Ok(Self {
            has_previous: match part {
                Part::Page(page) => page > 1,
                Part::After(_) => true,
                Part::Before(_) => goes_on,
            },
            has_next: match part {
                Part::Page(_) | Part::After(_) => goes_on,
                Part::Before(_) => true,
            },
            rows,
        })
    }

    /// What leads to the part before, and to the part behind.
    pub(super) fn beside(&self) -> (Option<String>, Option<String>) {
        let first = self.rows.first().filter(|_| self.has_previous);
        let last = self.rows.last().filter(|_| self.has_next);
        (
            first.map(|score| format!("before={}", score.id)),
            last.map(|score| format!("after={}", score.id)),
        )
    }
}

/// What can be said of a grading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScoreFields {
    pub(super) passed: Option<bool>,
    pub(super) sentence_id: Option<i64>,
}

impl ScoreFields {
    /// The sentence, if it is there.
    pub(super) fn sentence(&self, connection: &Connection) -> rusqlite::Result<Option<i64>> {
        let Some(id) = self.sentence_id else {
            return Ok(None);
        };
        let is_there = connection.prepare_cached(IS_SENTENCE)?.exists([id])?;
        Ok(is_there.then_some(id))
    }
}

/// Stores a new grading of a sentence; its id.
pub(super) fn insert(
    connection: &Connection,
    kind: Kind,
    user: i64,
    sentence: i64,
    passed: Option<bool>,
) -> rusqlite::Result<i64> {
    let mut insert = connection.prepare_cached(INSERT)?;
    let (val, now) = (kind.val(passed), time::now());
    insert.execute((passed, val, sentence, user, kind.stored(), now))?;
    Ok(connection.last_insert_rowid())
}

/// Stores what has changed of a grading; what it counts stays.
pub(super) fn update(
    connection: &Connection,
    id: i64,
    sentence: i64,
    passed: Option<bool>,
) -> rusqlite::Result<()> {
    let mut update = connection.prepare_cached(UPDATE)?;
    update.execute((id, passed, sentence, time::now()))?;
    Ok(())
}

/// Removes a grading.
pub(super) fn delete(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached(DELETE)?.execute([id])?;
    Ok(())
}
