//! `GET /images/{chair|estate}/{hash}.png`: a picture drawn from its name.
//!
//! The original's thousand files are not shipped. A name always gives the same picture, so clients
//! and proxies may keep it for ever. A chair's kind, colour and proportions, which its name does not
//! tell, can be given beside it; the pages do.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use pictures::{Look, Subject, parse_file_name};
use utoipa::ToSchema;

use super::{IsuumoState, Result};
use crate::http::builtin::openapi::NoSuchThing;
use crate::http::{HttpError, tag_of_build};

/// The bytes of a picture.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, content_media_type = "image/png")]
#[expect(dead_code, reason = "describes what `picture` answers")]
pub(super) struct Picture(Vec<u8>);

/// What a picture shows.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes what `picture` takes, which `Subject` reads"
)]
enum PictureSubject {
    /// Something to sit on.
    Chair,
    /// A house, an apartment block or a tower.
    Estate,
}

/// A picture of a chair or an estate
///
/// Drawn from its name: each name of this form has a picture, which never changes. A name alone shows
/// some chair; with a look it is of that kind and colour, and `tall`, `even` or `wide`.
#[utoipa::path(get, path = "/images/{subject}/{name}", operation_id = "picture", tag = "Pictures",
    params(
        ("subject" = inline(PictureSubject), Path, description = "What is to be seen"),
        ("name" = String, Path, description = "64 hexadecimal digits and `.png`",
            pattern = "^[0-9a-f]{64}\\.png$",
            example = "115427eea45e481b39447f874a94e37c1605346edcc3012a3d74feb28c11c5c5.png"),
        ("look" = Option<String>, Query, description = "Kind, colour and proportions of a chair",
            pattern = "^(gaming|ergonomic|floor|hanging)-(black|white|red|blue|green|yellow|purple|\
                pink|orange|lightblue|navy|beige)-(tall|even|wide)$",
            example = "floor-navy-wide"),
    ),
    responses(
        (status = 200, description = "The picture.", body = inline(Picture), content_type = "image/png",
            headers(("ETag" = String))),
        (status = 404, response = NoSuchThing),
    ))]
pub(super) async fn picture(
    State(isu): State<IsuumoState>,
    Path((subject, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let no_picture = || {
        let detail = format!("There is no picture {subject}/{name}.");
        HttpError::problem(axum::http::StatusCode::NOT_FOUND, detail)
    };
    let hash = parse_file_name(&name).ok_or_else(no_picture)?;
    let subject = Subject::from_segment(&subject).ok_or_else(no_picture)?;
    let query = query.unwrap_or_default();
    let mut query = form_urlencoded::parse(query.as_bytes());
    let look = match (query.find(|(name, _)| name == "look"), subject) {
        (None, _) => None,
        (Some((_, look)), Subject::Chair) => Some(Look::parse(&look).ok_or_else(no_picture)?),
        (Some(_), Subject::Estate) => return Err(no_picture()),
    };
    let png = match isu.pictures.cached(subject, &hash, look) {
        Some(png) => png,
        None => {
            let drawer = Arc::clone(&isu);
            let draw = move || drawer.pictures.get(subject, &hash, look);
            let drawn = isu.work.run_in_turn(draw).await?;
            drawn.map_err(HttpError::internal)?
        }
    };
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
