//! The description of the API in OpenAPI 3.1, put together from what the code says of itself.
//!
//! Each app hands in its operations, which its handlers describe with `#[utoipa::path]`. Here they get
//! what is around all handlers and would be repeated at each: request ids, entity tags and 304, the
//! responses of limits and failures, as references to `components`. It must not know any app.

mod components;
mod examples;

use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, Ref, RefOr, Server};

pub use components::{NoSuchThing, StorageFull, problem, refusal};
pub use examples::{Example, ExampleBody, ExampleRequest, Response, add_examples, examples};

use super::{health, pages, version};
use crate::config::PublicUrl;
use crate::http::LayerLimits;

/// The operations of a path with their methods. The one list of a `PathItem`'s methods; a
/// test finds what it lacks.
macro_rules! operations_of {
    ($item:expr, $iter:ident, $as_ref:ident) => {{
        let PathItem {
            get,
            put,
            post,
            delete,
            options,
            head,
            patch,
            trace,
            query,
            additional_operations,
            ..
        } = $item;
        let fixed = [
            ("GET", get),
            ("POST", post),
            ("PUT", put),
            ("PATCH", patch),
            ("DELETE", delete),
            ("HEAD", head),
            ("OPTIONS", options),
            ("TRACE", trace),
            ("QUERY", query),
        ];
        let fixed = fixed
            .into_iter()
            .filter_map(|(method, operation)| Some((method, operation.$as_ref()?)));
        let more = additional_operations.$iter();
        fixed.chain(more.map(|(method, operation)| (method.as_str(), operation)))
    }};
}
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
struct SharedComponents;

const INTRODUCTION: &str = "\
An application and its data in one box. The apps that this server has on are described here, with the \
limits that it is configured to.

Every answer but 431 has an `X-Request-Id`. `HEAD` works wherever `GET` does, `OPTIONS` is 204 with `Allow`. \
Errors that an app's contract names may have an empty body; all others are problem documents \
(`application/problem+json`, RFC 9457), also a 500 that is the server's own failure. Beside what is \
listed, any request may be answered 404 (no such path), 405 (another method, with `Allow`) and 406 (a \
client that refuses every encoding).";

/// The examples of [`SharedComponents`].
const EXAMPLES: &str = include_str!("examples.json");

/// The whole description: of `apps`, each the part that one app hands in, and of what is shared.
#[must_use]
pub fn document(apps: impl IntoIterator<Item = OpenApi>, limits: &LayerLimits) -> OpenApi {
    let mut whole = OpenApi::new(
        SharedComponents::openapi().info,
        utoipa::openapi::Paths::new(),
    );
    components::add(&mut whole, limits);
    for mut app in apps {
        operations_mut(&mut app).for_each(guarded);
        whole.merge(app);
    }
    let mut shared = SharedComponents::openapi();
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

/// The description of an app whose paths begin with `prefix` for its clients.
#[must_use]
pub fn below(mut document: OpenApi, prefix: &str) -> OpenApi {
    if prefix.is_empty() {
        return document;
    }
    for (_, operation) in operations_mut(&mut document) {
        examples::move_below(operation, prefix);
    }
    let paths = std::mem::take(&mut document.paths.paths).into_iter();
    let paths = paths.map(|(path, item)| (format!("{prefix}{path}"), item));
    document.paths.paths = paths.collect();
    document
}

/// Says where the paths are: at the site's public address, if it is known. At a `host` of their own the
/// document is served itself, by whatever scheme and port a client got it, so that there only the prefix is
/// to be said.
pub fn serve_at(document: &mut OpenApi, host: Option<&str>, public_url: Option<&PublicUrl>) {
    let url = match host {
        Some(_) => public_url
            .map(|url| url.prefix().to_owned())
            .filter(|prefix| !prefix.is_empty()),
        None => public_url.map(ToString::to_string),
    };
    document.servers = url.map(|url| vec![Server::new(url)]);
}

/// All operations with their methods, in the order of the document.
pub fn operations(document: &OpenApi) -> impl Iterator<Item = (&String, &str, &Operation)> {
    let items = document.paths.paths.iter();
    items.flat_map(|(path, item)| {
        let operations = operations_of!(item, iter, as_ref);
        operations.map(move |(method, operation)| (path, method, operation))
    })
}

/// All operations with their methods, to be changed.
pub fn operations_mut(document: &mut OpenApi) -> impl Iterator<Item = (&str, &mut Operation)> {
    let items = document.paths.paths.values_mut();
    items.flat_map(|item| operations_of!(item, iter_mut, as_mut))
}

/// Adds what the layers around an app's routes answer.
fn guarded((_, operation): (&str, &mut Operation)) {
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

#[cfg(test)]
mod tests {
    use utoipa::openapi::path::{HttpMethod, OperationBuilder};

    use super::*;

    #[test]
    fn every_operation_of_a_path_is_found() {
        let operation = OperationBuilder::new().build();
        let json = serde_json::to_value(&operation).unwrap();
        let methods = [
            "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
        ];
        let mut item: serde_json::Map<_, _> = methods
            .iter()
            .map(|method| ((*method).to_owned(), json.clone()))
            .collect();
        item.insert(
            "additionalOperations".to_owned(),
            serde_json::json!({ "COPY": json }),
        );
        let item: PathItem = serde_json::from_value(item.into()).unwrap();
        let mut document = OpenApi::default();
        document.paths.paths.insert("/x".to_owned(), item);
        let mut found: Vec<_> = operations(&document)
            .map(|(_, method, _)| method.to_lowercase())
            .collect();
        found.sort();
        let mut expected = [&methods[..], &["copy"]].concat();
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(operations_mut(&mut document).count(), expected.len());
    }

    #[test]
    fn a_patch_gets_what_is_around_all_operations() {
        let item = PathItem::new(HttpMethod::Patch, OperationBuilder::new());
        let mut app = OpenApi::default();
        app.paths.paths.insert("/x".to_owned(), item);
        operations_mut(&mut app).for_each(guarded);
        let patch = app.paths.paths["/x"].patch.as_ref().unwrap();
        assert!(patch.responses.responses.contains_key("503"));
    }
}
