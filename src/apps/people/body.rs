//! Request bodies as the original's framework reads them: content type, then JSON, then the shape.

use std::collections::HashSet;

use axum::body::Bytes;
use axum::http::{HeaderMap, Uri, header};

use super::Result;
use super::json::{JsonObject, JsonValue};
use super::problem::PeopleError;
use super::shape;
use crate::http::{WorkPool, json_takes_long};

/// The fields of a body that goes with the specification; then the query must hold nothing. A body that
/// takes long is read by the pool.
pub(super) async fn fields(
    work: &WorkPool,
    headers: &HeaderMap,
    uri: &Uri,
    body: &Bytes,
) -> Result<JsonObject> {
    if !json_takes_long(body) {
        return checked(headers, uri, body);
    }
    let (headers, uri, body) = (headers.clone(), uri.clone(), body.clone());
    work.run(move || checked(&headers, &uri, &body)).await?
}

fn checked(headers: &HeaderMap, uri: &Uri, body: &[u8]) -> Result<JsonObject> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .unwrap_or_default();
    if !body.is_empty() && !is_json(&content_type) {
        return Err(PeopleError::content_type(&content_type).into());
    }
    // A literal null is no body to the original, and neither is nothing.
    let value = JsonValue::parse(body).filter(|value| *value != JsonValue::Null);
    let not_json = || PeopleError::specification("Request body is not valid JSON");
    let value = value.ok_or_else(not_json)?;
    let fields = shape::checked(value)?;
    no_parameters(uri)?;
    Ok(fields)
}

/// Refuses a query: the operation has no parameters in it.
pub(super) fn no_parameters(uri: &Uri) -> Result<()> {
    let Some(query) = uri.query() else {
        return Ok(());
    };
    let mut seen = HashSet::new();
    let names: Vec<String> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| name.into_owned())
        .filter(|name| seen.insert(name.clone()))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(PeopleError::extra_parameters(&names).into())
}

/// `application/json`, or anything that says it is JSON underneath, whatever its parameters.
fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
    let subtype = media_type.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_several_names() {
        for name in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/vnd.api+json",
        ] {
            assert!(is_json(name), "{name}");
        }
        for name in [
            "",
            "text/json",
            "application/jsonp",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_json(name), "{name}");
        }
    }
}
