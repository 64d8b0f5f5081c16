//! `/scores`, `/score_eng_writtens` and `/score_eng_not_writtens`: a learner's gradings, as pages and as JSON.
//!
//! The three are one implementation by [`Kind`]; `score_routes` has an operation of each. A grading of a
//! sentence leads back to the sentence (advice 28), a plain one to itself.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusqlite::Connection;

use super::format::{Format, SUFFIX};
use super::kind::Kind;
use super::learner::Visitor;
use super::pages::frame::PageFrame;
use super::pages::{score_form, score_list, score_page};
use super::parameters::{LearnerParameters, Nested, Parameters};
use super::path::Addresses;
use super::score::{self, NAMES, Score, ScoreFields, ScoreList, ScorePart};
use super::validation::FieldErrors;
use super::write::{Decided, DrillTerms, Unchanged, led, removed, stored, write_own};
use super::{Drill, Result, sentence};
use crate::apps::answer::json;
use crate::http::{HttpError, KeptHeader, Reading};
use crate::store::StoredResponse;

/// Gradings of an answer in JSON.
const PER_ANSWER: i64 = 500;
/// Gradings of a page.
const PER_PAGE: i64 = 50;

/// 404: the learner has no such grading.
fn no_such() -> HttpError {
    HttpError::problem(StatusCode::NOT_FOUND, "You have no such score.")
}

/// A list.
pub(super) async fn list(
    kind: Kind,
    drill: &Drill,
    learner: &Visitor,
    (query, format): (Option<&str>, Format),
    addresses: &Addresses,
    frame: &PageFrame,
) -> Result<Response> {
    let limit = match format {
        Format::Html => PER_PAGE,
        Format::Json => PER_ANSWER,
    };
    let (user, part) = (learner.id, ScorePart::of(query));
    let reading = Reading::begin_for(&drill.store, learner.viewer);
    let work = move |connection: &Connection| -> Result<_> {
        Ok(ScoreList::read(connection, kind, user, part, limit)?)
    };
    let list = drill.store.read_offloaded(work).await?;
    if format == Format::Html {
        return score_list::answer(drill, frame, kind, &list);
    }
    let rows = list.rows.iter().map(|score| score.view(kind, addresses));
    let rows: Vec<_> = rows.collect();
    let mut response = json(serde_json::to_vec(&rows).map_err(HttpError::internal)?);
    let link = links(
        &drill.mount.url(&format!("{}{SUFFIX}", kind.resource())),
        &list,
    );
    let link = HeaderValue::try_from(link).map_err(HttpError::internal)?;
    response.headers_mut().insert(header::LINK, link);
    Ok(reading.answer(response).into_response())
}

/// The other parts of a list, as a `Link` has them.
fn links(path: &str, list: &ScoreList) -> String {
    let (previous, next) = list.beside();
    let mut links = vec![format!("<{path}>; rel=\"first\"")];
    for (query, name) in [(previous, "prev"), (next, "next")] {
        if let Some(query) = query {
            links.push(format!("<{path}?{query}>; rel=\"{name}\""));
        }
    }
    links.join(", ")
}

/// One of them.
pub(super) fn one(
    kind: Kind,
    drill: &Drill,
    learner: &Visitor,
    (id, format): (i64, Format),
    addresses: &Addresses,
    frame: &PageFrame,
) -> Result<Response> {
    let reading = Reading::begin_for(&drill.store, learner.viewer);
    let score = read(kind, drill, learner, id)?;
    if format == Format::Html {
        return score_page::answer(drill, frame, kind, &score);
    }
    let body = serde_json::to_vec(&score.view(kind, addresses)).map_err(HttpError::internal)?;
    Ok(reading.answer(json(body)).into_response())
}

fn read(kind: Kind, drill: &Drill, learner: &Visitor, id: i64) -> Result<Score> {
    let found = drill
        .store
        .read(|connection| -> Result<_> { Ok(Score::find(connection, kind, learner.id, id)?) })?;
    found.ok_or_else(no_such)
}

/// The form for a new one.
pub(super) fn new_form(kind: Kind, drill: &Drill, frame: &PageFrame) -> Result<Response> {
    let fields = ScoreFields {
        passed: None,
        sentence_id: None,
    };
    score_form::answer(drill, frame, (kind, None), fields, None)
}

/// The form for one that is there.
pub(super) fn edit_form(
    kind: Kind,
    drill: &Drill,
    learner: &Visitor,
    id: i64,
    frame: &PageFrame,
) -> Result<Response> {
    let old = fields_of(&read(kind, drill, learner, id)?);
    score_form::answer(drill, frame, (kind, Some(id)), old, None)
}

fn fields_of(score: &Score) -> ScoreFields {
    ScoreFields {
        passed: score.passed,
        sentence_id: Some(score.sentence_id),
    }
}

/// What a request gives. Of plain ones something must be given.
fn given(kind: Kind, parameters: &Parameters) -> Result<Option<Nested<'_>>> {
    match kind {
        Kind::Any => parameters.required(kind.key(), &NAMES).map(Some),
        Kind::Written | Kind::NotWritten => Ok(parameters.under(kind.key())),
    }
}

impl ScoreFields {
    /// These with what is given in its place.
    fn with(mut self, given: Option<Nested<'_>>) -> Self {
        if let Some(given) = given {
            if given.has("passed") {
                self.passed = given.boolean("passed");
            }
            if given.has("sentence_id") {
                self.sentence_id = given.integer("sentence_id");
            }
        }
        self
    }

    /// The sentence that is graded, or what is said of one that is not there.
    fn known_sentence(&self, kind: Kind, connection: &Connection) -> Result<i64, Unchanged> {
        match self.sentence(connection)? {
            Some(sentence) => Ok(sentence),
            None => {
                let mut errors = FieldErrors::default();
                for _ in 0..kind.times_said() {
                    errors.add("sentence", "must exist");
                }
                Err(errors.into())
            }
        }
    }
}

/// Where a page goes on behind a new one.
fn behind(kind: Kind, id: i64, sentence: i64) -> String {
    match kind {
        Kind::Any => format!("{}/{id}", kind.resource()),
        Kind::Written | Kind::NotWritten => format!("{}/{sentence}", sentence::RESOURCE),
    }
}

pub(super) async fn make(
    kind: Kind,
    drill: &Drill,
    terms: DrillTerms,
    addresses: Addresses,
    frame: PageFrame,
    sent: LearnerParameters,
) -> Result<Response> {
    let LearnerParameters {
        parameters,
        learner,
    } = sent;
    let nothing = ScoreFields {
        passed: None,
        sentence_id: None,
    };
    let fields = nothing.with(given(kind, &parameters)?);
    let (format, user, mount) = (parameters.format, learner.id, drill.mount.clone());
    let outcome = write_own(drill, user, terms.of(&parameters)?, move |connection| {
        let sentence = fields.known_sentence(kind, connection)?;
        let id = score::insert(connection, kind, user, sentence, fields.passed)?;
        Ok(match format {
            Format::Html => led(mount.url(&behind(kind, id, sentence))),
            Format::Json => {
                let at = addresses.of(kind.resource(), id);
                shown(
                    connection,
                    kind,
                    (user, id),
                    StatusCode::CREATED,
                    &addresses,
                )?
                .with_header(KeptHeader::Location, at)
            }
        })
    })
    .await?;
    let decided = Decided::of(drill, outcome, kind.created())?;
    finish(drill, &frame, (kind, None), (&parameters, fields), decided)
}

pub(super) async fn change(
    kind: Kind,
    drill: &Drill,
    id: i64,
    (terms, addresses): (DrillTerms, Addresses),
    frame: PageFrame,
    sent: LearnerParameters,
) -> Result<Response> {
    let LearnerParameters {
        parameters,
        learner,
    } = sent;
    let old = fields_of(&read(kind, drill, &learner, id)?);
    let fields = old.with(given(kind, &parameters)?);
    let (format, user) = (parameters.format, learner.id);
    let to = drill.mount.url(&format!("{}/{id}", kind.resource()));
    let outcome = write_own(drill, user, terms.of(&parameters)?, move |connection| {
        let old = Score::find(connection, kind, user, id)?.ok_or_else(no_such)?;
        let sentence = fields.known_sentence(kind, connection)?;
        let is_other = (old.passed, old.sentence_id) != (fields.passed, sentence);
        if is_other {
            score::update(connection, id, sentence, fields.passed)?;
        }
        let answer = match format {
            Format::Html => led(to),
            Format::Json => shown(connection, kind, (user, id), StatusCode::OK, &addresses)?,
        };
        Unchanged::unless(is_other, answer)
    })
    .await?;
    let decided = Decided::of(drill, outcome, kind.updated())?;
    finish(
        drill,
        &frame,
        (kind, Some(id)),
        (&parameters, fields),
        decided,
    )
}

pub(super) async fn remove(
    kind: Kind,
    drill: &Drill,
    id: i64,
    terms: DrillTerms,
    sent: LearnerParameters,
) -> Result<Response> {
    let LearnerParameters {
        parameters,
        learner,
    } = sent;
    let (format, user) = (parameters.format, learner.id);
    let to = drill.mount.url(kind.resource());
    let outcome = write_own(drill, user, terms.of(&parameters)?, move |connection| {
        Score::find(connection, kind, user, id)?.ok_or_else(no_such)?;
        score::delete(connection, id)?;
        Ok(match format {
            Format::Html => led(to),
            Format::Json => StatusCode::NO_CONTENT.into(),
        })
    })
    .await?;
    removed(drill, outcome, kind.destroyed())
}

/// A grading as JSON, in what the writer answers.
fn shown(
    connection: &Connection,
    kind: Kind,
    (user, id): (i64, i64),
    status: StatusCode,
    addresses: &Addresses,
) -> Result<StoredResponse, Unchanged> {
    let score = Score::find(connection, kind, user, id)?.ok_or_else(no_such)?;
    let body = serde_json::to_vec(&score.view(kind, addresses)).map_err(HttpError::internal)?;
    Ok(stored(status, body))
}

/// The answer; a form that was refused is shown again with what was typed.
fn finish(
    drill: &Drill,
    frame: &PageFrame,
    which: (Kind, Option<i64>),
    (parameters, typed): (&Parameters, ScoreFields),
    decided: Decided,
) -> Result<Response> {
    match decided {
        Decided::Done(response) => Ok(response),
        Decided::Refused(errors) if parameters.format == Format::Json => Ok(errors.into_response()),
        Decided::Refused(errors) => score_form::answer(drill, frame, which, typed, Some(&errors)),
    }
}
