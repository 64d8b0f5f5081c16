//! `GET /people`, `GET /people.csv` and `GET /people/{uuid}`.
//!
//! A list without parameters is the whole array, as the original's; with `limit` it comes in pages, each
//! with a link to the next (RFC 8288). What was read is kept until the data changes.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Uri, header};
use axum::response::Response;
use rusqlite::{Connection, Row};

use super::body::no_parameters;
use super::not_found::uuid_in;
use super::passengers::{HEADER, UUID};
use super::person::{self, KIND, USUAL_LENGTH};
use super::problem::PeopleError;
use super::query::{self, ListCursor, ListRequest};
use super::{PeopleState, Register, Result, select};
use crate::apps::answer::{JSON, json};
use crate::apps::listing;
use crate::http::{HttpError, KeptBody, PublicResponse, Reading};

/// What a list is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Json,
    Csv,
}

/// A list as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Page {
    body: KeptBody,
    /// Of lists that have pages.
    link: Option<HeaderValue>,
}

/// One person
#[utoipa::path(get, path = "/people/{uuid}", operation_id = "person", tag = "People",
    params(("uuid" = uuid::Uuid, Path, description = "The person's uuid, in any case, with or \
        without hyphens")),
    responses(
        (status = 200, description = "The person.", body = person::Person, headers(("ETag" = String))),
        (status = 400, response = super::described::WrongRequest),
        (status = 404, response = super::described::NoSuchPerson),
    ))]
pub(super) async fn one(
    State(register): State<PeopleState>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<PublicResponse> {
    no_parameters(&uri)?;
    let uuid = uuid_in(path)?;
    let reading = Reading::begin(&register.store);
    if let Some(body) = reading.cached(&register.people, &uuid) {
        return Ok(reading.answer(json(body)));
    }
    let found = register
        .store
        .read(|connection| person::find(connection, uuid).map_err(HttpError::from))?;
    let body = Bytes::from(found.ok_or_else(PeopleError::not_found)?);
    reading.keep(&register.people, uuid, body.clone(), body.len());
    Ok(reading.answer(json(body)))
}

/// List people
///
/// All of them in the order of their arrival, or those that meet every condition. Parameters that are
/// not listed are ignored.
#[utoipa::path(get, path = "/people", operation_id = "people", tag = "People",
    params(super::described::ListParameters),
    responses(
        (status = 200, description = "The list, or a page of it.", body = Vec<person::Person>,
            headers(("ETag" = String), ("Link" = String, description = "With `limit`: the `first` page \
                and the `next` one, if there is more."))),
        (status = 400, response = super::described::WrongRequest),
    ))]
pub(super) async fn list(State(register): State<PeopleState>, uri: Uri) -> Result<PublicResponse> {
    page(register, &uri, Form::Json).await
}

/// List people as CSV
///
/// Takes what the list takes. The columns are those of the file that is imported, and the uuid.
#[utoipa::path(get, path = "/people.csv", operation_id = "people_csv", tag = "People",
    params(super::described::ListParameters),
    responses(
        (status = 200, description = "The list, or a page of it, with a header.", body = String,
            content_type = "text/csv",
            headers(("ETag" = String), ("Link" = String, description = "With `limit`: the `first` page \
                and the `next` one, if there is more."))),
        (status = 400, response = super::described::WrongRequest),
    ))]
pub(super) async fn csv(State(register): State<PeopleState>, uri: Uri) -> Result<PublicResponse> {
    page(register, &uri, Form::Csv).await
}

async fn page(register: PeopleState, uri: &Uri, form: Form) -> Result<PublicResponse> {
    let query = query::normal(uri.query().unwrap_or_default());
    let reading = Reading::begin(&register.store);
    let key = (form, query);
    if let Some(page) = reading.cached(&register.lists, &key) {
        return Ok(reading.answer(page.answer(form)));
    }
    let query = &key.1;
    let asked = ListRequest::parse(query, &register.settings)?;
    let path = register.mount.url(uri.path());
    let page = read(&register, asked, form, query, &path).await?;
    let bytes = page.bytes() + query.len();
    reading.keep(&register.lists, key, page.clone(), bytes);
    Ok(reading.answer(page.answer(form)))
}

async fn read(
    register: &Register,
    asked: ListRequest,
    form: Form,
    query: &str,
    path: &str,
) -> Result<Page> {
    let most = asked.limit.unwrap_or(register.settings.max_rows);
    let work = move |connection: &Connection| -> Result<_> {
        // One more than is shown: whether there are more.
        let mut places = select::places(connection, &asked, most.saturating_add(1))?;
        let has_more = places.len() > most;
        if has_more && asked.limit.is_none() {
            let detail = format!("There are more than {most} people: ask for pages with 'limit'.");
            return Err(PeopleError::specification(detail).into());
        }
        places.truncate(most);
        let body = match form {
            Form::Json => json_array(connection, &places)?,
            Form::Csv => csv_file(connection, &places)?,
        };
        Ok((asked, places.pop().filter(|_| has_more), body))
    };
    let (asked, last, body) = register.store.read_offloaded(work).await?;
    let link = asked
        .limit
        .map(|_| link(&asked, query, path, last.as_ref()));
    Ok(Page {
        body: KeptBody::new(body),
        link: link.transpose()?,
    })
}

/// The links of a page that ends at `last`, if it is not the last one.
fn link(
    asked: &ListRequest,
    query: &str,
    path: &str,
    last: Option<&ListCursor>,
) -> Result<HeaderValue> {
    let mut links = format!("<{path}?{}>; rel=\"first\"", asked.with_cursor(query, None));
    if last.is_some() {
        let next = asked.with_cursor(query, last);
        links.push_str(&format!(", <{path}?{next}>; rel=\"next\""));
    }
    HeaderValue::try_from(links).map_err(HttpError::internal)
}

impl Page {
    /// What it holds beside itself.
    fn bytes(&self) -> usize {
        self.body.most_bytes() + self.link.as_ref().map_or(0, HeaderValue::len)
    }

    fn answer(self, form: Form) -> Response {
        let mut response = match form {
            Form::Json => self.body.answer(JSON),
            Form::Csv => {
                let kind = "text/csv; charset=utf-8; header=present";
                let mut response = self.body.answer(HeaderValue::from_static(kind));
                let name = HeaderValue::from_static("attachment; filename=\"people.csv\"");
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_DISPOSITION, name);
                response
            }
        };
        if let Some(link) = self.link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

fn json_array(connection: &Connection, places: &[ListCursor]) -> Result<Vec<u8>> {
    let ids: Vec<i64> = places.iter().map(|place| place.number).collect();
    let mut out = Vec::with_capacity(2 + ids.len() * USUAL_LENGTH);
    out.push(b'[');
    listing::write_rows(connection, KIND, &ids, &mut out)?;
    out.push(b']');
    Ok(out)
}

/// A line of the file that is imported, by number.
const LINE: &str = "SELECT survived, passenger_class, name, sex, age, siblings_or_spouses_aboard, \
                    parents_or_children_aboard, fare, uuid FROM person WHERE id = ?1";

fn csv_file(connection: &Connection, places: &[ListCursor]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let header = HEADER.iter().chain([&UUID]);
    writer.write_record(header).map_err(HttpError::internal)?;
    let mut select = connection.prepare_cached(LINE)?;
    for place in places {
        let line = select.query_row([place.number], csv_line)?;
        writer.write_record(line).map_err(HttpError::internal)?;
    }
    let written = writer.into_inner();
    written.map_err(|cause| HttpError::internal(cause.into_error()))
}

fn csv_line(row: &Row<'_>) -> rusqlite::Result<[String; 9]> {
    let integer = |column| row.get::<_, i64>(column).map(|number| number.to_string());
    let number = |column| row.get::<_, f64>(column).map(|number| number.to_string());
    Ok([
        integer(0)?,
        integer(1)?,
        row.get(2)?,
        row.get(3)?,
        integer(4)?,
        integer(5)?,
        integer(6)?,
        number(7)?,
        row.get(8)?,
    ])
}
