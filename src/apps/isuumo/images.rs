//! `GET /images/{chair|estate}/{name}.png`: a picture drawn from its name.
//!
//! The original's thousand files are not shipped, and what an upload names was never sent: every row has a
//! picture, whatever its thumbnail is called, and there are no others. A name always gives the same one, so
//! clients and proxies may keep it for ever. A chair's kind, colour and proportions, which its name does not
//! tell, can be given beside it; the pages do.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use pictures::{Look, Subject, parse_file_name};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::catalogue::{CHAIR_TABLE, Catalogue, ESTATE_TABLE, PictureNames};
use super::{IsuumoState, Result};
use crate::apps::answer::text;
use crate::http::builtin::openapi::NoSuchThing;
use crate::http::{HttpError, tag_of_build};
use crate::store::Unfinished;
use crate::web::query::parameter;

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
/// Drawn from its name, which is that of a row's thumbnail: each of them has a picture, which never changes.
/// A name alone shows some chair; with a look it is of that kind and colour, and `tall`, `even` or `wide`.
#[utoipa::path(get, path = "/images/{subject}/{name}", operation_id = "picture", tag = "Pictures",
    params(
        ("subject" = inline(PictureSubject), Path, description = "What is to be seen"),
        ("name" = String, Path, description = "Letters, digits, `.`, `_` and `-`, then `.png`",
            pattern = "^[A-Za-z0-9._-]{1,124}\\.png$",
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
    let hash = hash_of(&name).ok_or_else(no_picture)?;
    let subject = Subject::from_segment(&subject).ok_or_else(no_picture)?;
    let look = match (parameter(query.as_deref(), "look"), subject) {
        (None, _) => None,
        (Some(look), Subject::Chair) => Some(Look::parse(&look).ok_or_else(no_picture)?),
        (Some(_), Subject::Estate) => return Err(no_picture()),
    };
    if !is_of_a_row(&isu, subject, &name).await? {
        return Err(no_picture());
    }
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

/// Whether the picture of this name is a row's.
async fn is_of_a_row(isu: &IsuumoState, subject: Subject, name: &str) -> Result<bool> {
    let generation = isu.store.generation();
    // Before the file is read, so that the file is never older.
    let catalogue = Catalogue::of(&generation)?;
    let (shelf, rows) = match subject {
        Subject::Chair => (&catalogue.chairs, &CHAIR_THUMBNAILS),
        Subject::Estate => (&catalogue.estates, &ESTATE_THUMBNAILS),
    };
    let read = async move || {
        let names = move |connection: &Connection| rows.names(connection);
        isu.store.read_offloaded_in(generation, names).await
    };
    let revision = || isu.store.revision();
    shelf.has_picture(name, revision, read).await
}

/// Where thumbnails are.
struct ThumbnailRows {
    subject: &'static str,
    /// Of every row the id and the thumbnail, of those that are sold out too: they have a page.
    all: &'static str,
    /// Where an upload under way notes its rows.
    table: &'static str,
}

static CHAIR_THUMBNAILS: ThumbnailRows = ThumbnailRows {
    subject: "chair",
    all: "SELECT id, thumbnail FROM chair",
    table: CHAIR_TABLE,
};
static ESTATE_THUMBNAILS: ThumbnailRows = ThumbnailRows {
    subject: "estate",
    all: "SELECT id, thumbnail FROM estate",
    table: ESTATE_TABLE,
};

impl ThumbnailRows {
    /// The names of their pictures.
    fn names(&self, connection: &Connection) -> Result<PictureNames> {
        let hidden = Unfinished::read(connection, self.table)?;
        let mut names = PictureNames::default();
        let mut select = connection.prepare_cached(self.all)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if hidden.is_empty() || !hidden.has(row.get(0)?) {
                names.add(name_of(&path_of(self.subject, text(row, 1)?)));
            }
        }
        Ok(names)
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Characters of a name at most, as of a thumbnail.
const LONGEST: usize = 128;

/// What a picture of this name is drawn from; nothing where it is no name of a picture. The data's own names
/// are the hash.
fn hash_of(name: &str) -> Option<[u8; 32]> {
    let stem = name.strip_suffix(".png")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if stem.is_empty() || name.len() > LONGEST || !stem.bytes().all(is_plain) {
        return None;
    }
    parse_file_name(name).or_else(|| Some(Sha256::digest(name).into()))
}

/// The path of the picture that stands for a thumbnail. One that is no picture of this site has a name made
/// of all its bytes; a script of the pages makes the same (`assets/thumbnail.js`).
pub(super) fn path_of(subject: &str, thumbnail: &str) -> String {
    let own = thumbnail.strip_prefix("/images/");
    let own = own.and_then(|path| path.strip_prefix(subject)?.strip_prefix('/'));
    if own.is_some_and(|name| hash_of(name).is_some()) {
        return thumbnail.to_owned();
    }
    // FNV-1a: short, and easily the same in two languages. Two thumbnails of one name look alike, no more.
    let hash = thumbnail.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("/images/{subject}/{hash:08x}.png")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thumbnail_has_a_picture_of_this_site() {
        let digits = "0f".repeat(32);
        let own = format!("/images/chair/{digits}.png");
        assert_eq!(path_of("chair", &own), own);
        assert_eq!(hash_of(&format!("{digits}.png")), Some([0x0f; 32]));
        assert_eq!(
            path_of("chair", "/images/chair/sofa-2.png"),
            "/images/chair/sofa-2.png"
        );
        for (thumbnail, path) in [
            ("", "/images/estate/811c9dc5.png"),
            ("a", "/images/estate/e40c292c.png"),
            ("foobar", "/images/estate/bf9cf968.png"),
        ] {
            assert_eq!(path_of("estate", thumbnail), path);
        }
        for thumbnail in [
            &own,
            "https://example.com/images/estate/x.png",
            "/images/estate/../x.png",
            "/images/estate/x y.png",
            "/images/estate/.png",
            "/images/estate/x.jpg",
            "\"><script>",
            "椅子",
        ] {
            let path = path_of("estate", thumbnail);
            let name = path.strip_prefix("/images/estate/").unwrap();
            assert_eq!(name.len(), 12, "{thumbnail}");
            assert!(hash_of(name).is_some());
        }
        assert_eq!(hash_of(&format!("{}.png", "x".repeat(125))), None);
    }
}
