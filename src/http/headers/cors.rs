//! Who else may call from a browser: pages of other origins, as configured; nobody by default.
//!
//! Cookies are never allowed. Methods and headers are those that the apps describe, so that an app says
//! once what its clients send and see. `Vary` is the layer's to set.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{ApiKey, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr};

use crate::http::builtin::openapi::operations;
use crate::http::observability::trace_context::TRACEPARENT;

/// Any origin.
const ANY: &str = "*";

/// Browsers ask again for leave after this long.
const LEAVE: Duration = Duration::from_secs(600);

/// Many front ends send it with every request. Nothing here reads it.
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The layer for `origins`, if there are any: it lets them use what `document` describes.
pub(crate) fn layer(origins: &[String], document: &OpenApi) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.iter().any(|origin| origin == ANY) {
        AllowOrigin::any()
    } else {
        // What is no header value is no origin either, as the configuration says.
        let values = origins.iter().filter_map(|origin| origin.parse().ok());
        AllowOrigin::list(values.collect::<Vec<HeaderValue>>())
    };
    let Described {
        methods,
        request_headers,
        response_headers,
    } = Described::by(document);
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods(methods)
        .allow_headers(request_headers)
        .expose_headers(response_headers)
        .max_age(LEAVE);
    Some(layer)
}

/// What pages of other origins may send and see: what is described, with what the layers around all
/// routes take and give.
struct Described {
    methods: Vec<Method>,
    request_headers: Vec<HeaderName>,
    response_headers: Vec<HeaderName>,
}

impl Described {
    fn by(document: &OpenApi) -> Self {
        let mut described = Self {
            methods: vec![Method::GET, Method::HEAD],
            request_headers: vec![
                header::CONTENT_TYPE,
                REQUESTED_WITH,
                REQUEST_ID,
                TRACEPARENT,
            ],
            response_headers: vec![REQUEST_ID, SERVER_TIMING],
        };
        for (_, method, operation) in operations(document) {
            if let Ok(method) = method.parse() {
                add(&mut described.methods, method);
            }
            described.add_parameters(operation);
            described.add_responses(document, operation);
        }
        described.add_credentials(document);
        described
    }

    fn add_parameters(&mut self, operation: &Operation) {
        for parameter in operation.parameters.iter().flatten() {
            let name = match parameter {
                RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Header => {
                    &parameter.name
                }
                RefOr::T(_) => continue,
                // Those that operations share are all headers, by their names.
                RefOr::Ref(reference) => last_part(&reference.ref_location),
            };
            add_name(&mut self.request_headers, name);
        }
    }

    fn add_responses(&mut self, document: &OpenApi, operation: &Operation) {
        let shared = document.components.as_ref();
        for response in operation.responses.responses.values() {
            let response = match response {
                RefOr::T(response) => Some(response),
                RefOr::Ref(reference) => shared
                    .and_then(|shared| shared.responses.get(last_part(&reference.ref_location)))
                    .and_then(|response| match response {
                        RefOr::T(response) => Some(response),
                        RefOr::Ref(_) => None,
                    }),
            };
            for name in response.iter().flat_map(|response| response.headers.keys()) {
                add_name(&mut self.response_headers, name);
            }
        }
    }

    /// A header by which clients say who they are, if they can.
    fn add_credentials(&mut self, document: &OpenApi) {
        let shared = document.components.iter();
        for scheme in shared.flat_map(|shared| shared.security_schemes.values()) {
            match scheme {
                RefOr::T(SecurityScheme::ApiKey(ApiKey::Header(key))) => {
                    add_name(&mut self.request_headers, &key.name);
                }
                RefOr::T(
                    SecurityScheme::Http(_)
                    | SecurityScheme::OAuth2(_)
                    | SecurityScheme::OpenIdConnect(_),
                ) => add(&mut self.request_headers, header::AUTHORIZATION),
                // Cookies are never sent from other origins, and certificates are no headers.
                _ => {}
            }
        }
    }
}

fn add_name(headers: &mut Vec<HeaderName>, name: &str) {
    if let Ok(name) = name.parse() {
        add(headers, name);
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

fn last_part(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
