//! The description of the API in OpenAPI 3.1, put together from what the code says of itself.
//!
//! Each app hands in its operations, which its handlers describe with `#[utoipa::path]`. Here they get
//! what is around all handlers and would be repeated at each: request ids, entity tags and 304, the
//! answers of limits and failures, as references to `components`. It must not know any app.

mod components;
mod examples;

use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, Ref, RefOr};

pub use components::{NoSuchThing, StorageFull, problem, refusal};
pub use examples::{Body, Example, Request, Response, add_examples, examples};

use super::{health, pages, version};
use crate::http::Limits;

/// The routes that every site has.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Ekiben", description = INTRODUCTION),
    paths(
        health::live,
        health::ready,
        version::version,
        pages::about_page,
        pages::documentation,
        pages::description,
    ),
    components(responses(StorageFull, NoSuchThing)),
    tags((name = "Service", description = "What is served, and whether it is well.")),
)]
struct Shared;

const INTRODUCTION: &str = "\
An application and its data in one box. The apps that this server has on are described here, with the \
limits that it is configured to.

Every answer but 431 has an `X-Request-Id`. `HEAD` works wherever `GET` does, `OPTIONS` is 204 with `Allow`. \
Errors that an app's contract names may have an empty body; all others are problem documents \
(`application/problem+json`, RFC 9457), also a 500 that is the server's own failure. Beside what is \
listed, any request may be answered 404 (no such path), 405 (another method, with `Allow`) and 406 (a \
client that refuses every encoding).";

/// The examples of [`Shared`].
const EXAMPLES: &str = include_str!("examples.json");

/// The whole description: of `apps`, each the part that one app hands in, and of what is shared.
#[must_use]
pub fn document(apps: impl IntoIterator<Item = OpenApi>, limits: &Limits) -> OpenApi {
    let mut whole = OpenApi::new(Shared::openapi().info, utoipa::openapi::Paths::new());
    components::add(&mut whole, limits);
    for mut app in apps {
        operations_mut(&mut app).for_each(guarded);
        whole.merge(app);
    }
    let mut shared = Shared::openapi();
    // The examples lie beside the code and are replayed by a test.
    drop(add_examples(&mut shared, EXAMPLES));
    operations_mut(&mut shared).for_each(|(_, operation)| complete(operation));
    whole.merge(shared);
    whole
}

/// The document as it is served and printed.
#[must_use]
pub fn to_json(document: &OpenApi) -> String {
    let mut json = document.to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

/// All operations with their methods, in the order of the document.
pub fn operations(document: &OpenApi) -> impl Iterator<Item = (&String, &'static str, &Operation)> {
    document.paths.paths.iter().flat_map(|(path, item)| {
        let PathItem {
            get,
            post,
            put,
            delete,
            ..
        } = item;
        let methods = [
            ("GET", get),
            ("POST", post),
            ("PUT", put),
            ("DELETE", delete),
        ];
        methods
            .into_iter()
            .filter_map(move |(method, operation)| Some((path, method, operation.as_ref()?)))
    })
}

fn operations_mut(document: &mut OpenApi) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    document.paths.paths.values_mut().flat_map(|item| {
        let PathItem {
            get,
            post,
            put,
            delete,
            ..
        } = item;
        let methods = [
            ("GET", get),
            ("POST", post),
            ("PUT", put),
            ("DELETE", delete),
        ];
        methods
            .into_iter()
            .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
    })
}

/// Adds what the layers around an app's routes answer.
fn guarded((_, operation): (&'static str, &mut Operation)) {
    let takes_key = refer_to_key(operation);
    let mut answers = vec![
        ("429", "TooManyRequests"),
        ("431", "HeadTooLarge"),
        ("500", "Failed"),
        ("503", "Overloaded"),
    ];
    if operation.request_body.is_some() {
        answers.push(("413", "TooLarge"));
    }
    if takes_key {
        answers.extend([("422", "KeyTaken"), ("507", "StorageFull")]);
        for status in ["200", "201", "404"] {
            if let Some(RefOr::T(kept)) = operation.responses.responses.get_mut(status) {
                let name = "Idempotency-Replayed";
                kept.headers.insert(name.to_owned(), header(name));
            }
        }
    }
    for (status, name) in answers {
        let shared = || Ref::from_response_name(name).into();
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(shared);
    }
    complete(operation);
}

/// Adds the headers of every answer, and 304 where answers have tags.
fn complete(operation: &mut Operation) {
    let mut has_tag = false;
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else {
            continue;
        };
        for name in ["ETag", "X-Request-Id"] {
            has_tag |= name == "ETag" && response.headers.contains_key(name);
            if name != "ETag" || response.headers.contains_key(name) {
                response.headers.insert(name.to_owned(), header(name));
            }
        }
    }
    if has_tag {
        let not_modified = Ref::from_response_name("NotModified").into();
        let responses = &mut operation.responses.responses;
        responses.insert("304".to_owned(), not_modified);
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(parameter("If-None-Match"));
    }
}

/// Puts the reference in the place of an operation's `Idempotency-Key`, if it takes one.
fn refer_to_key(operation: &mut Operation) -> bool {
    let is_key = |parameter: &&mut RefOr<utoipa::openapi::path::Parameter>| {
        matches!(parameter, RefOr::T(parameter)
            if parameter.name == "Idempotency-Key" && parameter.parameter_in == ParameterIn::Header)
    };
    let mut parameters = operation.parameters.iter_mut().flatten();
    let key = parameters.find(is_key);
    key.map(|key| *key = parameter("Idempotency-Key")).is_some()
}

fn header(name: &str) -> RefOr<utoipa::openapi::Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}

fn parameter(name: &str) -> RefOr<utoipa::openapi::path::Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))
}
