//! `/words/{no}`: the words of the sentences with a number, as the original's separate service had them, and a
//! page for those who change them.

use axum::extract::{self, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use rusqlite::Connection;
use utoipa::ToSchema;

use super::fields::{typed, words_in};
use super::store::{self, NewWord, StoredWord};
use crate::apps::answer::json;
use crate::apps::english::described;
use crate::apps::english::format::Format;
use crate::apps::english::learner::{Learner, Visitor};
use crate::apps::english::pages::accounts::described::{NotSignedIn, WrongFormToken};
use crate::apps::english::pages::frame::PageFrame;
use crate::apps::english::pages::notices::{self, Notice};
use crate::apps::english::pages::words as page;
use crate::apps::english::parameters::{LearnerParameters, Parameters};
use crate::apps::english::path::{SentenceNumber, leading_number, sentence_number};
use crate::apps::english::sentences::must_edit;
use crate::apps::english::validation::FieldErrors;
use crate::apps::english::write::{Decided, DrillTerms, Unchanged, led, removed, stored, write};
use crate::apps::english::{Drill, DrillState, Result};
use crate::http::{HttpError, Reading, takes_html};
use crate::store::StoredResponse;

/// Words of a number at most.
const MOST_WORDS: usize = 100;

/// What can be given of a word.
#[derive(ToSchema)]
#[schema(as = NewWord)]
#[expect(dead_code, reason = "describes what `fields` reads")]
pub(in crate::apps::english) struct WordBody {
    /// 1 to 255 characters.
    en: String,
    /// What it means, up to 1,000 characters.
    note: Option<String>,
    /// Where more is said of it: empty, or an address with http or https.
    url: Option<String>,
}

fn no_words() -> HttpError {
    HttpError::problem(StatusCode::NOT_FOUND, "There are no words of this number.")
}

fn path_of(no: i64) -> String {
    format!("/words/{no}")
}

/// The words of a sentence's number
///
/// In their order. Browsers are shown a page, other clients JSON.
#[utoipa::path(get, path = "/words/{no}", operation_id = "words", tag = "English",
    params(("no" = i64, Path, description = "The number of a sentence, not its id.")),
    security(("Session" = [])),
    responses(
        (status = 200, description = "The words; HTML for browsers.",
            content(([StoredWord] = "application/json"), (String = "text/html")),
            headers(("ETag" = String))),
        (status = 401, response = NotSignedIn),
        (status = 404, response = described::NothingThere),
    ))]
pub(in crate::apps::english) async fn show(
    State(drill): State<DrillState>,
    Learner(learner): Learner,
    SentenceNumber(no): SentenceNumber,
    format: Format,
    headers: HeaderMap,
    frame: PageFrame,
) -> Result<Response> {
    if format == Format::Html && takes_html(&headers) {
        return show_page(&drill, &frame, &learner, no, None);
    }
    let reading = Reading::begin_for(&drill.store, learner.viewer);
    let words = read(&drill, no)?;
    if words.is_empty() {
        return Err(no_words());
    }
    let body = serde_json::to_vec(&words).map_err(HttpError::internal)?;
    Ok(reading.answer(json(body)).into_response())
}

/// Add words
///
/// For editors: one, or a list, behind those that are there.
#[utoipa::path(post, path = "/words/{no}", operation_id = "add_words", tag = "English",
    params(("no" = i64, Path), described::WriteParameters, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    request_body(content((WordBody = "application/json"),
        (WordBody = "application/x-www-form-urlencoded"))),
    responses(
        (status = 201, description = "What was added.", body = [StoredWord]),
        (status = 400, response = described::NoParameters),
        (status = 401, response = NotSignedIn),
        (status = 403, response = described::NotAnEditor),
        (status = 404, response = described::NothingThere),
        (status = 422, response = described::WrongFields),
    ))]
pub(in crate::apps::english) async fn add(
    State(drill): State<DrillState>,
    SentenceNumber(no): SentenceNumber,
    terms: DrillTerms,
    frame: PageFrame,
    sent: LearnerParameters,
) -> Result<Response> {
    let work = move |connection: &Connection, words: Vec<NewWord>| {
        if store::count(connection, no)? + words.len() > MOST_WORDS {
            return Err(too_many().into());
        }
        Ok(store::add(connection, no, words)?)
    };
    let answer = Answering {
        status: StatusCode::CREATED,
        takes_none: false,
        notice: &notices::WORD_CREATED,
    };
    change(&drill, no, terms, frame, sent, answer, work).await
}

/// Replace all words
///
/// For editors: those of the list take the place of all that are there.
#[utoipa::path(put, path = "/words/{no}", operation_id = "put_words", tag = "English",
    params(("no" = i64, Path), described::WriteParameters, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    request_body(content(([WordBody] = "application/json"))),
    responses(
        (status = 200, description = "The words that there are now.", body = [StoredWord]),
        (status = 400, response = described::NoParameters),
        (status = 401, response = NotSignedIn),
        (status = 403, response = described::NotAnEditor),
        (status = 404, response = described::NothingThere),
        (status = 422, response = described::WrongFields),
    ))]
pub(in crate::apps::english) async fn put(
    State(drill): State<DrillState>,
    SentenceNumber(no): SentenceNumber,
    terms: DrillTerms,
    frame: PageFrame,
    sent: LearnerParameters,
) -> Result<Response> {
    let work = move |connection: &Connection, words: Vec<NewWord>| {
        if words.len() > MOST_WORDS {
            return Err(too_many().into());
        }
        store::remove_all(connection, no)?;
        Ok(store::add(connection, no, words)?)
    };
    let answer = Answering {
        status: StatusCode::OK,
        takes_none: true,
        notice: &notices::WORD_UPDATED,
    };
    change(&drill, no, terms, frame, sent, answer, work).await
}

/// Remove all words
///
/// For editors: all of the number.
#[utoipa::path(delete, path = "/words/{no}", operation_id = "destroy_words", tag = "English",
    params(("no" = i64, Path), described::WriteParameters, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    responses(
        (status = 204, description = "They are gone."),
        (status = 401, response = NotSignedIn),
        (status = 403, response = described::NotAnEditor),
        (status = 404, response = described::NothingThere),
        (status = 422, response = WrongFormToken),
    ))]
pub(in crate::apps::english) async fn destroy_all(
    State(drill): State<DrillState>,
    SentenceNumber(no): SentenceNumber,
    terms: DrillTerms,
    sent: LearnerParameters,
) -> Result<Response> {
    let work = move |connection: &Connection| Ok(store::remove_all(connection, no)? > 0);
    remove(&drill, no, terms, sent, work).await
}

/// Remove a word
///
/// For editors.
#[utoipa::path(delete, path = "/words/{no}/{id}", operation_id = "destroy_word", tag = "English",
    params(("no" = i64, Path), ("id" = i64, Path), described::WriteParameters,
        ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, response = NotSignedIn),
        (status = 403, response = described::NotAnEditor),
        (status = 404, response = described::NothingThere),
        (status = 422, response = WrongFormToken),
    ))]
pub(in crate::apps::english) async fn destroy(
    State(drill): State<DrillState>,
    extract::Path((no, id)): extract::Path<(String, String)>,
    terms: DrillTerms,
    sent: LearnerParameters,
) -> Result<Response> {
    let (Some(no), Some(id)) = (sentence_number(&no), leading_number(&id)) else {
        return Err(no_words());
    };
    let work = move |connection: &Connection| store::remove(connection, no, id);
    remove(&drill, no, terms, sent, work).await
}

/// What a change is answered.
struct Answering {
    /// As JSON.
    status: StatusCode,
    /// Whether a list may have no words in it.
    takes_none: bool,
    /// On the page that a form leads to.
    notice: &'static Notice,
}

/// Has the writer do `work` with the words of a request.
async fn change(
    drill: &Drill,
    no: i64,
    terms: DrillTerms,
    frame: PageFrame,
    sent: LearnerParameters,
    answer: Answering,
    work: impl FnOnce(&Connection, Vec<NewWord>) -> Result<Vec<StoredWord>, Unchanged> + Send + 'static,
) -> Result<Response> {
    let LearnerParameters {
        parameters,
        learner,
    } = sent;
    must_edit(&learner)?;
    let format = parameters.format;
    let words = match words_in(&parameters) {
        Ok(Some(words)) if answer.takes_none || !words.is_empty() => words,
        Ok(_) => {
            let detail = "The parameters are missing: a word, or a list of words.";
            return Err(HttpError::problem(StatusCode::BAD_REQUEST, detail));
        }
        Err(errors) => return refuse(drill, &frame, &learner, no, &parameters, &errors),
    };
    let to = drill.mount.url(&path_of(no));
    let outcome = write(drill, terms.of(&parameters)?, move |connection| {
        let words = work(connection, words)?;
        Ok(match format {
            Format::Html => led(to),
            Format::Json => {
                let body = serde_json::to_vec(&words).map_err(HttpError::internal)?;
                stored(answer.status, body)
            }
        })
    })
    .await?;
    match Decided::of(drill, outcome, answer.notice)? {
        Decided::Done(response) => Ok(response),
        Decided::Refused(errors) => refuse(drill, &frame, &learner, no, &parameters, &errors),
    }
}

/// Has the writer remove words. There must have been some.
async fn remove(
    drill: &Drill,
    no: i64,
    terms: DrillTerms,
    sent: LearnerParameters,
    work: impl FnOnce(&Connection) -> rusqlite::Result<bool> + Send + 'static,
) -> Result<Response> {
    let LearnerParameters {
        parameters,
        learner,
    } = sent;
    must_edit(&learner)?;
    let format = parameters.format;
    let to = drill.mount.url(&path_of(no));
    let outcome = write(drill, terms.of(&parameters)?, move |connection| {
        if !work(connection)? {
            return Err(no_words().into());
        }
        Ok(match format {
            Format::Html => led(to),
            Format::Json => StoredResponse::from(StatusCode::NO_CONTENT),
        })
    })
    .await?;
    removed(drill, outcome, &notices::WORD_DESTROYED)
}

/// The form again, or 422.
fn refuse(
    drill: &Drill,
    frame: &PageFrame,
    learner: &Visitor,
    no: i64,
    parameters: &Parameters,
    errors: &FieldErrors,
) -> Result<Response> {
    if parameters.format == Format::Json {
        return Ok(errors.clone().into_response());
    }
    show_page(
        drill,
        frame,
        learner,
        no,
        Some((&typed(parameters), errors)),
    )
}

/// The page, for those who may change something there, and where there is something to read.
fn show_page(
    drill: &Drill,
    frame: &PageFrame,
    learner: &Visitor,
    no: i64,
    refused: Option<(&NewWord, &FieldErrors)>,
) -> Result<Response> {
    let words = read(drill, no)?;
    if words.is_empty() && !learner.user.is_editor {
        return Err(no_words());
    }
    page::answer(drill, frame, no, &words, refused)
}

fn read(drill: &Drill, no: i64) -> Result<Vec<StoredWord>> {
    let read = |connection: &Connection| -> Result<_> { Ok(store::words_of(connection, no)?) };
    drill.store.read(read)
}

fn too_many() -> FieldErrors {
    let text = format!("are too many (maximum is {MOST_WORDS} of a number)");
    let mut errors = FieldErrors::default();
    errors.add("words", text);
    errors
}
