//! What operations share and refer to: headers, parameters, and the responses of the layers around them.

use utoipa::ToResponse;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{
    Content, Header, HeaderBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
};

use crate::http::LayerLimits;
use crate::http::error::{PROBLEM_TYPE, Problem};
use crate::http::idempotency::{LONGEST, PATTERN};

/// 404 with a problem document, for handlers to refer to.
pub struct NoSuchThing;

/// 507, for handlers to refer to whose writes take no `Idempotency-Key`.
pub struct StorageFull;

impl<'r> ToResponse<'r> for NoSuchThing {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "There is nothing of this name.";
        ("NoSuchThing", problem(description).into())
    }
}

impl<'r> ToResponse<'r> for StorageFull {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "The disk is full, and nothing was written. Reads go on.";
        ("StorageFull", problem(description).into())
    }
}

/// Adds the shared components to `document`.
pub(super) fn add(document: &mut OpenApi, limits: &LayerLimits) {
    let components = document.components.get_or_insert_default();
    let headers = &mut components.headers;
    for (name, schema, description) in headers_of_answers() {
        headers.insert(name.to_owned(), described(schema, description).into());
    }
    let parameters = &mut components.parameters;
    parameters.insert("If-None-Match".to_owned(), if_none_match().into());
    parameters.insert("Idempotency-Key".to_owned(), idempotency_key().into());
    for (name, description) in CONDITIONS_OF_WRITES {
        let condition = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .description(Some(description))
            .schema(Some(typed(Type::String)));
        parameters.insert(format!("Write-{name}"), condition.build().into());
    }
    let responses = &mut components.responses;
    for (name, response) in answers(limits) {
        responses.insert(name.to_owned(), response.into());
    }
    let (name, schema) = (Problem::NAME, Problem::described());
    components.schemas.insert(name.to_owned(), schema);
}

fn headers_of_answers() -> [(&'static str, Schema, &'static str); 4] {
    let text = || typed(Type::String);
    [
        (
            "ETag",
            text(),
            "Names these bytes. Absent while a write is becoming visible.",
        ),
        (
            "Idempotency-Replayed",
            text(),
            "`true` on an answer that was given before.",
        ),
        (
            "Retry-After",
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(1))
                .build()
                .into(),
            "Seconds after which trying again makes sense.",
        ),
        (
            "X-Request-Id",
            text(),
            "The request's own `X-Request-Id`, or a new one. It is in the request log.",
        ),
    ]
}

fn typed(kind: Type) -> Schema {
    ObjectBuilder::new().schema_type(kind).build().into()
}

fn described(schema: Schema, description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(description))
        .build()
}

fn if_none_match() -> Parameter {
    ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Entity tags of answers that the client has: 304 if one of them is still right.",
        ))
        .schema(Some(typed(Type::String)))
        .build()
}

/// The headers that bind a write to a state of the data.
const CONDITIONS_OF_WRITES: [(&str, &str); 3] = [
    (
        "If-Match",
        "Entity tags of answers of this app, or `*`: the write is done only while one of them is right.",
    ),
    (
        "If-None-Match",
        "Entity tags of answers of this app: the write is done only while none of them is right. Never \
         with `*`.",
    ),
    (
        "If-Unmodified-Since",
        "A date: the write is done only if the app's data has not changed since. Ignored beside \
         `If-Match`, and when it is no date.",
    ),
];

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        // As a string in quotes whose every character is escaped.
        .max_length(Some(2 + 2 * LONGEST))
        .pattern(Some(PATTERN));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Has the write done once, however often it is sent with this key: a new UUID for each new \
             request. 1 to 255 characters of ASCII, in quotes or, without spaces and \" \\ , ;, as they \
             are. Not looked at on a replica and with `store.idempotency_hours = 0`.",
        ))
        .schema(Some(schema))
        .build()
}

fn answers(limits: &LayerLimits) -> Vec<(&'static str, Response)> {
    let not_modified = ResponseBuilder::new()
        .description("The client has this answer. Empty.")
        .header_ref("ETag", Ref::new("#/components/headers/ETag"))
        .header_ref(
            "X-Request-Id",
            Ref::new("#/components/headers/X-Request-Id"),
        )
        .build();
    let too_large = format!("The body is larger than {} bytes.", limits.body_bytes);
    let seconds = limits.request_time.as_secs();
    let overloaded = format!(
        "A limit on concurrent work is reached, the request took longer than {seconds} seconds, or \
         it is a write and this is a replica. With `Retry-After` where nothing was done. Crawlers get \
         it with an empty body where they are turned away."
    );
    // Before any of our layers has seen the request.
    let head_too_large = Response::new(
        "The head of the request, its address included, is larger than `limits.head_bytes`. Empty.",
    );
    vec![
        ("NotModified", not_modified),
        ("HeadTooLarge", head_too_large),
        ("TooLarge", problem(&too_large)),
        (
            "MalformedKey",
            problem("The `Idempotency-Key` is malformed. Nothing was done."),
        ),
        (
            "KeyTaken",
            problem(
                "The `Idempotency-Key` was given with another request before. Nothing was done.",
            ),
        ),
        (
            "OtherState",
            problem(
                "The data is not in the state that `If-Match`, `If-None-Match` or `If-Unmodified-Since` \
                 names. Nothing was done.",
            ),
        ),
        (
            "TooManyRequests",
            retry(problem(
                "Too many requests came from this client, where there is a limit \
                 (`limits.client_requests_per_second`).",
            )),
        ),
        (
            "Failed",
            problem("The server failed; its log has the cause."),
        ),
        ("Overloaded", retry(problem(&overloaded))),
    ]
}

fn retry(mut response: Response) -> Response {
    let name = "Retry-After";
    response.headers.insert(name.to_owned(), header(name));
    response
}

/// An answer with a problem document.
pub fn problem(description: &str) -> Response {
    refusal(description, Problem::NAME, &[PROBLEM_TYPE])
}

/// An answer with a document of that schema, of one of the media types.
pub fn refusal(description: &str, schema: &str, media_types: &[&str]) -> Response {
    let content = || Content::new(Some(Ref::from_schema_name(schema)));
    let response = ResponseBuilder::new().description(description).header_ref(
        "X-Request-Id",
        Ref::new("#/components/headers/X-Request-Id"),
    );
    let with =
        |response: ResponseBuilder, media_type: &&str| response.content(*media_type, content());
    media_types.iter().fold(response, with).build()
}

/// A reference to the shared header `name`.
pub(super) fn header(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}

/// A reference to the shared parameter `name` of writes.
pub(super) fn write_parameter(name: &str) -> RefOr<Parameter> {
    parameter(&format!("Write-{name}"))
}

/// A reference to the shared parameter `name`.
pub(super) fn parameter(name: &str) -> RefOr<Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))
}
