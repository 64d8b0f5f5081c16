//! `GET /images/{chair|estate}/{hash}.png`: a picture drawn from its name.
//!
//! The original's thousand files are not shipped. A name always gives the same picture, so clients
//! and proxies may keep it for ever.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::thumbnail::{Subject, parse_file_name};
use super::{Result, Shared};
use crate::http::{HttpError, tag_of_build};

pub(super) async fn picture(
    State(isu): State<Shared>,
    Path((subject, name)): Path<(String, String)>,
) -> Result<Response> {
    let no_picture = || {
        let detail = format!("There is no picture {subject}/{name}.");
        HttpError::problem(axum::http::StatusCode::NOT_FOUND, detail)
    };
    let hash = parse_file_name(&name).ok_or_else(no_picture)?;
    let subject = Subject::from_segment(&subject).ok_or_else(no_picture)?;
    let png = isu
        .pictures
        .get(subject, &hash)
        .map_err(HttpError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (header::ETAG, tag_of_build()),
    ];
    Ok((headers, axum::body::Bytes::from_owner(png)).into_response())
}
