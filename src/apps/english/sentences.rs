//! `/sentences`: the list, the search, and one sentence, as pages and as JSON; and how editors make, change and
//! remove them.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusqlite::Connection;

use super::format::{Format, SUFFIX};
use super::learner::{Learner, Visitor};
use super::mode;
use super::pages::accounts::described::{NotSignedIn, WrongFormToken};
use super::pages::frame::PageFrame;
use super::pages::notices;
use super::pages::{sentence as page, sentence_form, sentence_list};
use super::parameters::{LearnerParameters, integer};
use super::path::{Addresses, Id, page_in, parameter};
use super::removal::Remover;
use super::sentence::{
    self, GivenFields, KEY, NAMES, RESOURCE, Sentence, SentenceFields, SentenceView,
    SentencesInOrder,
};
use super::write::{Decided, DrillTerms, Unchanged, led, removed, stored, write};
use super::{Drill, DrillState, Result};
use crate::apps::answer::json;
use crate::http::{HttpError, KeptHeader, Reading};
use crate::store::StoredResponse;
use crate::web::redirect::found;

/// 404: there is no such sentence.
fn no_such() -> HttpError {
    HttpError::problem(StatusCode::NOT_FOUND, "There is no such sentence.")
}

/// Lets editors through.
///
/// # Errors
/// 403 for others.
pub(super) fn must_edit(learner: &Visitor) -> Result<()> {
    if learner.user.is_editor {
        return Ok(());
    }
    let detail = "Sentences and words are changed by accounts with the editor role.";
    Err(HttpError::problem(StatusCode::FORBIDDEN, detail))
}

/// A learner's sentences
///
/// Five to a page, each with the learner's score, in the order of the learner's mode. `Link` leads to the
/// other pages. A page that is not there is the first or the last one.
#[utoipa::path(get, path = "/sentences", operation_id = "sentences", tag = "English",
    params(super::described::SentencePageParameters), security(("Session" = [])),
    responses(
        (status = 200, description = "A page of them; HTML unless JSON is asked for.",
            content(([SentenceView] = "application/json"), (String = "text/html")),
            headers(("ETag" = String), ("Link" = String))),
        (status = 401, response = NotSignedIn),
    ))]
pub(super) async fn index(
    State(drill): State<DrillState>,
    Learner(learner): Learner,
    RawQuery(query): RawQuery,
    format: Format,
    addresses: Addresses,
    frame: PageFrame,
) -> Result<Response> {
    let asked = page_in(query.as_deref());
    let user = learner.id;
    if format == Format::Html {
        let mode = learner.user.mode;
        let read =
            |connection: &Connection| Ok(SentencesInOrder::read(connection, user, mode, asked)?);
        return sentence_list::answer(&drill, &frame, &learner, || drill.store.read(read));
    }
    let reading = Reading::begin_for(&drill.store, learner.viewer);
    let list = drill.store.read(|connection| -> Result<_> {
        // Not the one of the session: that was read before, and maybe of another revision.
        let mode = mode::stored(connection, user)?.unwrap_or_default();
        Ok(SentencesInOrder::read(connection, user, mode, asked)?)
    })?;
    let mut response = json(list.json(&addresses)?);
    let path = drill.mount.url(&format!("{RESOURCE}{SUFFIX}"));
    let link = HeaderValue::try_from(links(&path, list.page, list.last));
    let link = link.map_err(HttpError::internal)?;
    response.headers_mut().insert(header::LINK, link);
    Ok(reading.answer(response).into_response())
}

/// The other pages of a list, as a `Link` has them.
fn links(path: &str, page: i64, last: i64) -> String {
    let to = |page: i64, name: &str| format!("<{path}?page={page}>; rel=\"{name}\"");
    let mut links = vec![to(1, "first")];
    if page > 1 {
        links.push(to(page - 1, "prev"));
    }
    if page < last {
        links.push(to(page + 1, "next"));
    }
    links.push(to(last, "last"));
    links.join(", ")
}

/// `GET /sentences/search`: to the first sentence with a number, or to the first with 1.
pub(super) async fn search(
    State(drill): State<DrillState>,
    Learner(_): Learner,
    RawQuery(query): RawQuery,
    format: Format,
) -> Result<Response> {
    if format == Format::Json {
        let detail = "A search leads to a page, and has no other form.";
        return Err(HttpError::problem(StatusCode::NOT_ACCEPTABLE, detail));
    }
    let no = parameter(query.as_deref(), "no");
    let no = no.as_deref().map(str::trim).filter(|no| !no.is_empty());
    let found_id = drill
        .store
        .read(|connection| -> Result<_> { Ok(sentence::search(connection, no.map(integer))?) })?;
    let id = found_id.ok_or_else(no_such)?;
    Ok(found(&drill.mount.url(&format!("{RESOURCE}/{id}"))))
}

/// One sentence
#[utoipa::path(get, path = "/sentences/{id}", operation_id = "sentence", tag = "English",
    params(("id" = i64, Path, description = "What follows a number is passed over: `12%2F3` is 12.")),
    security(("Session" = [])),
    responses(
        (status = 200, description = "The sentence; HTML unless JSON is asked for.",
            content((SentenceView = "application/json"), (String = "text/html")),
            headers(("ETag" = String))),
        (status = 401, response = NotSignedIn),
        (status = 404, response = super::described::NothingThere),
    ))]
pub(super) async fn show(
    State(drill): State<DrillState>,
    Learner(learner): Learner,
    Id(id): Id,
    format: Format,
    addresses: Addresses,
    frame: PageFrame,
) -> Result<Response> {
    if format == Format::Html {
        return page::answer(&drill, &frame, &learner, id).await;
    }
    let reading = Reading::begin_for(&drill.store, learner.viewer);
    let body = read(&drill, id)?.json(&addresses)?;
    Ok(reading.answer(json(body)).into_response())
}

/// The sentence with this id.
///
/// # Errors
/// 404 when there is none.
fn read(drill: &Drill, id: i64) -> Result<Sentence> {
    let found = drill
        .store
        .read(|connection| -> Result<_> { Ok(Sentence::find(connection, id)?) })?;
    found.ok_or_else(no_such)
}

/// `GET /sentences/new`.
pub(super) async fn new(
    State(drill): State<DrillState>,
    Learner(learner): Learner,
    frame: PageFrame,
) -> Result<Response> {
    must_edit(&learner)?;
    sentence_form::answer(&drill, &frame, None, &SentenceFields::default(), None)
}

/// `GET /sentences/{id}/edit`.
pub(super) async fn edit(
    State(drill): State<DrillState>,
    Learner(learner): Learner,
    Id(id): Id,
    frame: PageFrame,
) -> Result<Response> {
    must_edit(&learner)?;
    let fields = read(&drill, id)?.fields;
    sentence_form::answer(&drill, &frame, Some(id), &fields, None)
}

/// Make a sentence
///
/// For editors. The attributes may stand under the key `sentence` or alone.
#[utoipa::path(post, path = "/sentences", operation_id = "create_sentence", tag = "English",
    params(super::described::WriteParameters, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)), security(("Session" = [])),
    request_body(content((super::described::SentenceBody = "application/json"),
        (super::described::SentenceBody = "application/x-www-form-urlencoded"))),
    responses(
        (status = 201, description = "The sentence.", body = SentenceView,
            headers(("Location" = String))),
        (status = 400, response = super::described::NoParameters),
        (status = 401, response = NotSignedIn),
        (status = 403, response = super::described::NotAnEditor),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn create(
    State(drill): State<DrillState>,
    terms: DrillTerms,
    addresses: Addresses,
    frame: PageFrame,
    LearnerParameters {
        parameters,
        learner,
    }: LearnerParameters,
) -> Result<Response> {
    must_edit(&learner)?;
    let given = GivenFields::of(parameters.required(KEY, &NAMES)?);
    let fields = SentenceFields::default().with(given);
    let format = parameters.format;
    let mount = drill.mount.clone();
    let (terms, new) = (terms.of(&parameters)?, fields.clone());
    let outcome = write(&drill, terms, move |connection| {
        let flaws = new.flaws();
        if !flaws.is_empty() {
            return Err(flaws.into());
        }
        let id = sentence::insert(connection, &new)?;
        Ok(match format {
            Format::Html => led(mount.url(&format!("{RESOURCE}/{id}"))),
            Format::Json => shown(connection, id, StatusCode::CREATED, &addresses)?
                .with_header(KeptHeader::Location, addresses.of(RESOURCE, id)),
        })
    })
    .await?;
    let decided = Decided::of(&drill, outcome, &notices::SENTENCE_CREATED)?;
    finish(&drill, &frame, (None, format), &fields, decided)
}

/// Change a sentence
///
/// For editors. What is left out stays.
#[utoipa::path(patch, path = "/sentences/{id}", operation_id = "change_sentence", tag = "English",
    params(("id" = i64, Path), super::described::WriteParameters,
        ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    request_body(content((super::described::SentenceBody = "application/json"),
        (super::described::SentenceBody = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The sentence.", body = SentenceView),
        (status = 400, response = super::described::NoParameters),
        (status = 401, response = NotSignedIn),
        (status = 403, response = super::described::NotAnEditor),
        (status = 404, response = super::described::NothingThere),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn change(
    State(drill): State<DrillState>,
    id: Id,
    terms: DrillTerms,
    addresses: Addresses,
    frame: PageFrame,
    sent: LearnerParameters,
) -> Result<Response> {
    apply(&drill, id, terms, addresses, frame, sent).await
}

/// Change a sentence by PUT
///
/// The same as `PATCH`: what is left out stays.
#[utoipa::path(put, path = "/sentences/{id}", operation_id = "put_sentence", tag = "English",
    params(("id" = i64, Path), super::described::WriteParameters,
        ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    request_body(content((super::described::SentenceBody = "application/json"),
        (super::described::SentenceBody = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The sentence.", body = SentenceView),
        (status = 400, response = super::described::NoParameters),
        (status = 401, response = NotSignedIn),
        (status = 403, response = super::described::NotAnEditor),
        (status = 404, response = super::described::NothingThere),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn put(
    State(drill): State<DrillState>,
    id: Id,
    terms: DrillTerms,
    addresses: Addresses,
    frame: PageFrame,
    sent: LearnerParameters,
) -> Result<Response> {
    apply(&drill, id, terms, addresses, frame, sent).await
}

async fn apply(
    drill: &Drill,
    Id(id): Id,
    terms: DrillTerms,
    addresses: Addresses,
    frame: PageFrame,
    sent: LearnerParameters,
) -> Result<Response> {
    let LearnerParameters {
        parameters,
        learner,
    } = sent;
    must_edit(&learner)?;
    let old = read(drill, id)?.fields;
    let given = GivenFields::of(parameters.required(KEY, &NAMES)?);
    let typed = old.with(given.clone());
    let format = parameters.format;
    let to = drill.mount.url(&format!("{RESOURCE}/{id}"));
    let outcome = write(drill, terms.of(&parameters)?, move |connection| {
        let old = Sentence::find(connection, id)?.ok_or_else(no_such)?.fields;
        let new = old.clone().with(given);
        let flaws = new.flaws();
        if !flaws.is_empty() {
            return Err(flaws.into());
        }
        if new != old {
            sentence::update(connection, id, &new)?;
        }
        let answer = match format {
            Format::Html => led(to),
            Format::Json => shown(connection, id, StatusCode::OK, &addresses)?,
        };
        Unchanged::unless(new != old, answer)
    })
    .await?;
    let decided = Decided::of(drill, outcome, &notices::SENTENCE_UPDATED)?;
    finish(drill, &frame, (Some(id), format), &typed, decided)
}

/// Remove a sentence
///
/// For editors. All gradings of it go, too, whoever made them, and its words, if no other sentence has its
/// number. Many gradings go in pieces behind the answer.
#[utoipa::path(delete, path = "/sentences/{id}", operation_id = "destroy_sentence", tag = "English",
    params(("id" = i64, Path), super::described::WriteParameters,
        ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, response = NotSignedIn),
        (status = 403, response = super::described::NotAnEditor),
        (status = 404, response = super::described::NothingThere),
        (status = 422, response = WrongFormToken),
    ))]
pub(super) async fn destroy(
    State(drill): State<DrillState>,
    Id(id): Id,
    terms: DrillTerms,
    LearnerParameters {
        parameters,
        learner,
    }: LearnerParameters,
) -> Result<Response> {
    must_edit(&learner)?;
    let format = parameters.format;
    let to = drill.mount.url(RESOURCE);
    let remover = Remover::of(&drill.store);
    let outcome = write(&drill, terms.of(&parameters)?, move |connection| {
        if !remover.remove(connection, id)? {
            return Err(no_such().into());
        }
        Ok(match format {
            Format::Html => led(to),
            Format::Json => StatusCode::NO_CONTENT.into(),
        })
    })
    .await?;
    removed(&drill, outcome, &notices::SENTENCE_DESTROYED)
}

/// The sentence as JSON, in what the writer answers.
fn shown(
    connection: &Connection,
    id: i64,
    status: StatusCode,
    addresses: &Addresses,
) -> Result<StoredResponse, Unchanged> {
    let sentence = Sentence::find(connection, id)?.ok_or_else(no_such)?;
    Ok(stored(status, sentence.json(addresses)?))
}

/// The answer; a form that was refused is shown again with what was typed.
fn finish(
    drill: &Drill,
    frame: &PageFrame,
    (id, format): (Option<i64>, Format),
    typed: &SentenceFields,
    decided: Decided,
) -> Result<Response> {
    match decided {
        Decided::Done(response) => Ok(response),
        Decided::Refused(errors) if format == Format::Json => Ok(errors.into_response()),
        Decided::Refused(errors) => sentence_form::answer(drill, frame, id, typed, Some(&errors)),
    }
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn links_lead_to_the_pages_that_there_are() {
        assert_eq!(
            links("/s.json", 1, 1),
            "</s.json?page=1>; rel=\"first\", </s.json?page=1>; rel=\"last\""
        );
        let middle = links("/s.json", 2, 3);
        for part in ["<?page=1>; rel=\"prev\"", "<?page=3>; rel=\"next\""] {
            assert!(middle.contains(&part.replace('<', "</s.json")), "{middle}");
        }
    }
}
