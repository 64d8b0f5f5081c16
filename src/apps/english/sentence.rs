//! Sentences: what one is in the file and in JSON, which page of them a learner sees, how one is searched by
//! its number, and how editors change them.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::Result;
use super::mode::WalkMode;
use super::order::Order;
use super::parameters::Nested;
use super::path::Addresses;
use super::time;
use super::validation::{self, FieldErrors};
use crate::http::HttpError;
use crate::web::paging::pages;

const SENTENCE: &str = "SELECT id, no, en, jp, voice_data, created_at, updated_at FROM sentences \
    WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = ?1)";
const BY_NUMBER: &str = "SELECT id FROM sentences AS s \
    WHERE no IS ?1 AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = s.id) \
    ORDER BY id LIMIT 1";
const INSERT: &str = "INSERT INTO sentences (no, en, jp, voice_data, created_at, updated_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?5)";
const UPDATE: &str = "UPDATE sentences SET no = ?2, en = ?3, jp = ?4, voice_data = ?5, updated_at = ?6 \
    WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 4] = [SENTENCE, BY_NUMBER, INSERT, UPDATE];

/// Where they are.
pub(super) const RESOURCE: &str = "/sentences";

/// The key of their parameters.
pub(super) const KEY: &str = "sentence";

/// Sentences of a page.
pub(super) const PER_PAGE: i64 = 5;

/// What can be given of one.
pub(super) const NAMES: [&str; 4] = ["no", "en", "jp", "voice_data"];

/// What can be said of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SentenceFields {
    pub(super) no: Option<i64>,
    pub(super) en: Option<String>,
    pub(super) jp: Option<String>,
    pub(super) voice_data: Option<String>,
}

/// What of it is said; each that is given may be nothing.
#[derive(Debug, Clone)]
pub(super) struct GivenFields {
    no: Option<Option<i64>>,
    en: Option<Option<String>>,
    jp: Option<Option<String>>,
    voice_data: Option<Option<String>>,
}

impl GivenFields {
    /// Those of a request.
    pub(super) fn of(given: Nested<'_>) -> Self {
        let text = |name| given.has(name).then(|| given.text(name).map(line));
        Self {
            no: given.has("no").then(|| given.integer("no")),
            en: text("en"),
            jp: text("jp"),
            voice_data: text("voice_data"),
        }
    }
}

impl SentenceFields {
    /// These with what is given in its place.
    pub(super) fn with(self, given: GivenFields) -> Self {
        Self {
            no: given.no.unwrap_or(self.no),
            en: given.en.unwrap_or(self.en),
            jp: given.jp.unwrap_or(self.jp),
            voice_data: given.voice_data.unwrap_or(self.voice_data),
        }
    }

    /// What of them the file does not take.
    pub(super) fn flaws(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        if let Some(no) = self.no {
            let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
            if no > most {
                errors.add("no", format!("must be less than or equal to {most}"));
            } else if no < least {
                errors.add("no", format!("must be greater than or equal to {least}"));
            }
        }
        let texts = [
            ("en", &self.en),
            ("jp", &self.jp),
            ("voice_data", &self.voice_data),
        ];
        for (name, text) in texts {
            let Some(text) = text.as_deref() else {
                continue;
            };
            if let Some(wrong) = validation::length(text) {
                errors.add(name, wrong);
            }
            if let Some(wrong) = validation::nul(text) {
                errors.add(name, wrong);
            }
        }
        errors
    }
}

/// Advice 19: a text without the end of its line.
fn line(text: String) -> String {
    let end = text.trim_end_matches(['\r', '\n']).len();
    let mut text = text;
    text.truncate(end);
    text
}

/// A sentence of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) id: i64,
    pub(super) fields: SentenceFields,
    created_at: String,
    updated_at: String,
}

/// A sentence as JSON has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sentence)]
pub(super) struct SentenceView<'s> {
    id: i64,
    /// What people call it by; two may have the same.
    #[schema(required)]
    no: Option<i64>,
    #[schema(required, max_length = 255)]
    en: Option<&'s str>,
    #[schema(required, max_length = 255)]
    jp: Option<&'s str>,
    /// The path of a recording.
    #[schema(required, max_length = 255)]
    voice_data: Option<&'s str>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    url: String,
    /// The learner's score of it; in lists only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    score: Option<i64>,
}

impl Sentence {
    /// The sentence with this id.
    pub(super) fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let mut select = connection.prepare_cached(SENTENCE)?;
        select.query_row([id], Self::of_row).optional()
    }

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            fields: SentenceFields {
                no: row.get(1)?,
                en: row.get(2)?,
                jp: row.get(3)?,
                voice_data: row.get(4)?,
            },
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        })
    }

    fn view(&self, addresses: &Addresses, score: Option<i64>) -> SentenceView<'_> {
        SentenceView {
            id: self.id,
            no: self.fields.no,
            en: self.fields.en.as_deref(),
            jp: self.fields.jp.as_deref(),
            voice_data: self.fields.voice_data.as_deref(),
            created_at: time::in_json(&self.created_at),
            updated_at: time::in_json(&self.updated_at),
            url: addresses.of_json(RESOURCE, self.id),
            score,
        }
    }

    /// It as JSON.
    pub(super) fn json(&self, addresses: &Addresses) -> Result<Vec<u8>> {
        serde_json::to_vec(&self.view(addresses, None)).map_err(HttpError::internal)
    }
}

/// A page of a learner's sentences.
pub(super) struct SentencesInOrder {
    /// With the learner's scores.
    pub(super) rows: Vec<(Sentence, i64)>,
    /// Which page it is.
    pub(super) page: i64,
    /// The last one.
    pub(super) last: i64,
}

impl SentencesInOrder {
    /// The page `page`, or the last one if there are not so many.
    pub(super) fn read(
        connection: &Connection,
        user: i64,
        mode: WalkMode,
        page: i64,
    ) -> rusqlite::Result<Self> {
        let order = Order::of(connection, user, mode)?;
        let last = pages(order.sentences, PER_PAGE);
        let page = page.min(last);
        let ranked = order.page((page - 1) * PER_PAGE, PER_PAGE)?;
        let rows = first(connection, ranked)?;
        Ok(Self { rows, page, last })
    }

    /// It as JSON.
    pub(super) fn json(&self, addresses: &Addresses) -> Result<Vec<u8>> {
        let rows = self.rows.iter();
        let views: Vec<_> = rows
            .map(|(sentence, score)| sentence.view(addresses, Some(*score)))
            .collect();
        serde_json::to_vec(&views).map_err(HttpError::internal)
    }
}

/// The sentences of `ranked` with their scores.
pub(super) fn first(
    connection: &Connection,
    ranked: Vec<super::order::Ranked>,
) -> rusqlite::Result<Vec<(Sentence, i64)>> {
    let mut select = connection.prepare_cached(SENTENCE)?;
    let rows = ranked.into_iter().map(|ranked| {
        let sentence = select.query_row([ranked.id], Sentence::of_row)?;
        Ok((sentence, ranked.score))
    });
    rows.collect()
}

/// The first sentence with the number `no`, or the first with 1.
pub(super) fn search(connection: &Connection, no: Option<i64>) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached(BY_NUMBER)?;
    for no in [no, Some(1)] {
        let found = select.query_row([no], |row| row.get(0)).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Stores a new sentence; its id.
pub(super) fn insert(connection: &Connection, fields: &SentenceFields) -> rusqlite::Result<i64> {
    let SentenceFields {
        no,
        en,
        jp,
        voice_data,
    } = fields;
    let mut insert = connection.prepare_cached(INSERT)?;
    insert.execute((no, en, jp, voice_data, time::now()))?;
    Ok(connection.last_insert_rowid())
}

/// Stores other fields of a sentence.
pub(super) fn update(
    connection: &Connection,
    id: i64,
    fields: &SentenceFields,
) -> rusqlite::Result<()> {
    let SentenceFields {
        no,
        en,
        jp,
        voice_data,
    } = fields;
    let mut update = connection.prepare_cached(UPDATE)?;
    update.execute((id, no, en, jp, voice_data, time::now()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_line_is_no_part_of_a_text() {
        assert_eq!(line("Good morning. \r\n".to_owned()), "Good morning. ");
        assert_eq!(line("\n".to_owned()), "");
        assert_eq!(line("a\nb".to_owned()), "a\nb");
    }

    #[test]
    fn numbers_are_those_of_the_column() {
        let flaws = |no| {
            SentenceFields {
                no: Some(no),
                ..SentenceFields::default()
            }
            .flaws()
        };
        let said = |no| {
            flaws(no)
                .all()
                .map(|(_, text)| text.to_owned())
                .collect::<Vec<_>>()
        };
        assert!(flaws(-2_147_483_648).is_empty() && flaws(2_147_483_647).is_empty());
        assert_eq!(
            said(2_147_483_648),
            ["must be less than or equal to 2147483647"]
        );
        assert_eq!(
            said(-2_147_483_649),
            ["must be greater than or equal to -2147483648"]
        );
    }
}
