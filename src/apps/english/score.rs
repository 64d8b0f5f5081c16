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
/// How many gradings are in which part of the list (schema/english/derived.sql).
const BLOCKS: &str = "SELECT first_id, gradings, written, not_written FROM grading_block \
    WHERE user_id = ?1 ORDER BY first_id";
const IS_SENTENCE: &str = "SELECT 1 FROM sentences WHERE id = ?1 \
    AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = ?1)";
const INSERT: &str = "INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
const UPDATE: &str =
    "UPDATE scores SET passed = ?2, sentence_id = ?3, updated_at = ?4 WHERE id = ?1";
const DELETE: &str = "DELETE FROM scores WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 10] = [
    SCORE,
    FORWARD,
    BACKWARD,
    FORWARD_OF_KIND,
    BACKWARD_OF_KIND,
    BLOCKS,
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

/// A grading as JSON has it at the addresses of a kind.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ViewOfKind {
    /// Where all kinds are.
    Any(ScoreView),
    /// Where one kind is.
    One(ScoreOfKindView),
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

    /// It as JSON has it at the addresses of `kind`.
    pub(super) fn view(&self, kind: Kind, addresses: &Addresses) -> ViewOfKind {
        let url = addresses.of_json(kind.resource(), self.id);
        let (created_at, updated_at) = (
            time::in_json(&self.created_at),
            time::in_json(&self.updated_at),
        );
        match kind {
            Kind::Any => ViewOfKind::Any(ScoreView {
                id: self.id,
                passed: self.passed,
                sentence_id: self.sentence_id,
                user_id: self.user_id,
                created_at,
                updated_at,
                url,
            }),
            Kind::Written | Kind::NotWritten => ViewOfKind::One(ScoreOfKindView {
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
pub(super) enum ScorePart {
    /// A page by its number, from 1 on.
    Page(i64),
    /// What follows a grading.
    After(i64),
    /// What is before a grading.
    Before(i64),
}

impl ScorePart {
    /// That of a query. Links lead by ids, so that a grading that comes or goes moves none beyond them.
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
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ScoreList {
    pub(super) rows: Vec<Score>,
    /// Whether there are some before.
    pub(super) has_previous: bool,
    /// Whether there are some behind.
    pub(super) has_next: bool,
}

impl ScoreList {
    /// `limit` of the gradings of `user` that are of `kind`. Behind the last part is the last one again, and
    /// before the first one the first.
    pub(super) fn read(
        connection: &Connection,
        kind: Kind,
        user: i64,
        part: ScorePart,
        limit: i64,
    ) -> rusqlite::Result<Self> {
        let walk = ScoreWalk {
            connection,
            kind,
            user,
        };
        let rows = match part {
            ScorePart::Page(1) => walk.after(i64::MIN, limit, 0)?,
            ScorePart::Page(page) => {
                let (key, skip) = walk.place((page - 1).saturating_mul(limit), limit)?;
                walk.after(key, limit, skip)?
            }
            ScorePart::After(id) => match walk.after(id, limit, 0)? {
                none if none.is_empty() => walk.before(i64::MAX, limit)?,
                rows => rows,
            },
            ScorePart::Before(id) => match walk.before(id, limit)? {
                none if none.is_empty() => walk.after(i64::MIN, limit, 0)?,
                rows => rows,
            },
        };
        let (has_previous, has_next) = match rows.first().zip(rows.last()) {
            Some((first, last)) => (
                !walk.before(first.id, 1)?.is_empty(),
                !walk.after(last.id, 1, 0)?.is_empty(),
            ),
            None => (false, false),
        };
        Ok(Self {
            rows,
            has_previous,
            has_next,
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

/// A walk through the gradings of a learner that are of a kind.
struct ScoreWalk<'c> {
    connection: &'c Connection,
    kind: Kind,
    user: i64,
}

impl ScoreWalk<'_> {
    /// The gradings behind an id, the first `skip` left out.
    fn after(&self, id: i64, limit: i64, skip: i64) -> rusqlite::Result<Vec<Score>> {
        self.rows((FORWARD, FORWARD_OF_KIND), (id, limit, skip))
    }

    /// Those before an id.
    fn before(&self, id: i64, limit: i64) -> rusqlite::Result<Vec<Score>> {
        let mut rows = self.rows((BACKWARD, BACKWARD_OF_KIND), (id, limit, 0))?;
        rows.reverse();
        Ok(rows)
    }

    fn rows(
        &self,
        (of_all, of_kind): (&str, &str),
        (id, limit, skip): (i64, i64, i64),
    ) -> rusqlite::Result<Vec<Score>> {
        let values = params![self.user, id, limit, skip, self.kind.stored()];
        let (sql, values) = match self.kind {
            Kind::Any => (of_all, &values[..4]),
            Kind::Written | Kind::NotWritten => (of_kind, values),
        };
        let mut select = self.connection.prepare_cached(sql)?;
        select.query_map(values, Score::of_row)?.collect()
    }

    /// Behind which id the grading is that has `skip` before it, and how many of these are behind that id,
    /// too. If there are not so many, that of the first on the last page. Whole blocks are passed over by
    /// their counts.
    fn place(&self, skip: i64, limit: i64) -> rusqlite::Result<(i64, i64)> {
        let column = match self.kind {
            Kind::Any => 1,
            Kind::Written => 2,
            Kind::NotWritten => 3,
        };
        let mut select = self.connection.prepare_cached(BLOCKS)?;
        let mut rows = select.query([self.user])?;
        let mut ends = Vec::new();
        let mut passed = 0;
        while let Some(row) = rows.next()? {
            let (first, gradings): (i64, i64) = (row.get(0)?, row.get(column)?);
            if skip < passed + gradings {
                return Ok((first - 1, skip - passed));
            }
            ends.push((first - 1, passed));
            passed += gradings;
        }
        let last = (passed - 1).max(0) / limit * limit;
        let block = ends.partition_point(|(_, before)| *before <= last);
        let block = block.checked_sub(1).and_then(|block| ends.get(block));
        Ok(block.map_or((i64::MIN, 0), |(key, before)| (*key, last - before)))
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
