//! The description of the API in OpenAPI 3.1, put together from what the code says of itself.
//!
//! Each app hands in its operations, which its handlers describe with `#[utoipa::path]`. Here they get
//! what is around all handlers and would be repeated at each: request ids, entity tags and 304, the
//! responses of limits and failures, as references to `components`. It must not know any app, nor the
//! routes that every site has: their description is handed in too.

mod components;
mod examples;
mod operations;

use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{OpenApi, Ref, RefOr, Server};

pub use components::{NoSuchThing, StorageFull, problem, refusal};
pub use examples::{Example, ExampleBody, ExampleRequest, Response, add_examples, examples};
pub use operations::{operations, operations_mut};

use components::{header, parameter, write_parameter};

use crate::config::PublicUrl;
use crate::http::LayerLimits;

/// The whole description: of `apps`, each the part that one app hands in, and of `shared`, what every site
/// has.
pub(super) fn assemble(
    mut shared: OpenApi,
    apps: impl IntoIterator<Item = OpenApi>,
    limits: &LayerLimits,
) -> OpenApi {
    let mut whole = OpenApi::new(shared.info.clone(), utoipa::openapi::Paths::new());
    components::add(&mut whole, limits);
    for mut app in apps {
        operations_mut(&mut app).for_each(guarded);
        whole.merge(app);
    }
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

/// Adds what the layers around an app's routes answer.
fn guarded((_, operation): (&str, &mut Operation)) {
    let takes_key = refer(operation, "Idempotency-Key", parameter);
    let has_conditions = refer(operation, "If-Match", write_parameter);
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
        answers.extend([
            ("400", "MalformedKey"),
            ("422", "KeyTaken"),
            ("507", "StorageFull"),
        ]);
        for status in ["200", "201", "404"] {
            if let Some(RefOr::T(kept)) = operation.responses.responses.get_mut(status) {
                let name = "Idempotency-Replayed";
                kept.headers.insert(name.to_owned(), header(name));
            }
        }
    }
    if has_conditions {
        answers.push(("412", "OtherState"));
        let parameters = operation.parameters.get_or_insert_default();
        parameters.extend(["If-None-Match", "If-Unmodified-Since"].map(write_parameter));
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

/// Puts the reference in the place of an operation's header `name`, if it takes it.
fn refer(operation: &mut Operation, name: &str, reference: fn(&str) -> RefOr<Parameter>) -> bool {
    let is_it = |parameter: &&mut RefOr<Parameter>| {
        matches!(parameter, RefOr::T(parameter)
            if parameter.name == name && parameter.parameter_in == ParameterIn::Header)
    };
    let mut parameters = operation.parameters.iter_mut().flatten();
    let found = parameters.find(is_it);
    found.map(|found| *found = reference(name)).is_some()
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem};

    use super::*;

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
