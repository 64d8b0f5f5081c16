//! Articles as they are shown: one, and what lists show of them.

use axum::body::Bytes;
use axum::extract::State;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::answer::json;
use super::path::SlugPath;
use super::problem::ConduitError;
use super::time::Millis;
use super::{Blog, BlogState, Result};
use crate::apps::answer::{Object, key};
use crate::http::{PrivateReading, PrivateResponse, Reading, Viewer};

/// Selects an article for the viewer ?2, who may be nobody: its columns in the order of the keys of an
/// answer, `$body` being those that lists leave out.
macro_rules! select_article {
    ($body:literal, $which:literal) => {
        concat!(
            "SELECT a.slug, a.title, a.description, ",
            $body,
            "c.tags, a.created_at, a.updated_at, \
             EXISTS (SELECT 1 FROM favorite WHERE article_id = a.id AND user_id = ?2), \
             c.favorites, u.username, u.bio, u.image, \
             EXISTS (SELECT 1 FROM follow WHERE follower_id = ?2 AND followed_id = a.author_id) \
             FROM article AS a JOIN article_count AS c ON c.article_id = a.id \
             JOIN user AS u ON u.id = a.author_id WHERE ",
            $which
        )
    };
}

const ARTICLE: &str = select_article!("a.body, ", "a.id = ?1");
const BY_SLUG: &str = select_article!("a.body, ", "a.slug = ?1");
const LISTED: &str = select_article!("", "a.id = ?1");
const TAGS: &str = "SELECT tag FROM article_tag WHERE article_id = ?1 ORDER BY tag";
const ID: &str = "SELECT id FROM article WHERE slug = ?1";
const SLUG: &str = "SELECT slug FROM article WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [ARTICLE, BY_SLUG, LISTED, TAGS, ID, SLUG];

/// Writes the row of an article, with its body if it `is_whole`. The keys are in the contract's order.
fn write(row: &Row<'_>, is_whole: bool, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    let mut object = Object::of(row, out)
        .text(key!("slug"))?
        .text(key!("title"))?
        .text(key!("description"))?;
    if is_whole {
        object = object.text(key!("body"))?;
    }
    object
        .raw(key!("tagList"))?
        .json::<Millis>(key!("createdAt"))?
        .json::<Millis>(key!("updatedAt"))?
        .boolean(key!("favorited"))?
        .integer(key!("favoritesCount"))?
        .open(key!("author"))
        .text(key!("username"))?
        .optional_text(key!("bio"))?
        .optional_text(key!("image"))?
        .boolean(key!("following"))?
        .close()
        .end();
    Ok(())
}

/// The number of the article with this slug.
pub(super) fn id_of(connection: &Connection, slug: &str) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached(ID)?;
    select.query_row([slug], |row| row.get(0)).optional()
}

/// The slug of the article with this number.
pub(super) fn slug_of(connection: &Connection, id: i64) -> rusqlite::Result<String> {
    let mut select = connection.prepare_cached(SLUG)?;
    select.query_row([id], |row| row.get(0))
}

/// The tags of an article, in order.
pub(super) fn tags_of(connection: &Connection, id: i64) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare_cached(TAGS)?;
    select.query_map([id], |row| row.get(0))?.collect()
}

/// The article as an answer, for the user `viewer`, or nobody.
pub(super) fn shown(connection: &Connection, id: i64, viewer: Option<i64>) -> Result<Vec<u8>> {
    let mut select = connection.prepare_cached(ARTICLE)?;
    Ok(select.query_row((id, viewer), alone)?)
}

/// The same of the article with this slug, if there is one.
fn shown_by_slug(
    connection: &Connection,
    slug: &str,
    viewer: Option<i64>,
) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut select = connection.prepare_cached(BY_SLUG)?;
    select.query_row((slug, viewer), alone).optional()
}

/// The column of the body.
const BODY: usize = 3;
/// Bytes that most articles have beside their bodies.
const BESIDE_BODY: usize = 1024;

/// A whole article as an answer.
fn alone(row: &Row<'_>) -> rusqlite::Result<Vec<u8>> {
    let body = row.get_ref(BODY)?.as_bytes()?.len();
    let mut out = Vec::with_capacity(body + body / 32 + BESIDE_BODY);
    out.extend_from_slice(b"{\"article\":");
    write(row, true, &mut out)?;
    out.push(b'}');
    Ok(out)
}

/// Articles of a list as an answer, in the order of `ids`, of which there are `count` in all.
pub(super) fn list(
    connection: &Connection,
    ids: &[i64],
    count: i64,
    viewer: Option<i64>,
) -> rusqlite::Result<Vec<u8>> {
    /// Bytes that an article of a list has, usually.
    const USUAL_LENGTH: usize = 768;
    let mut out = Vec::with_capacity(64 + ids.len() * USUAL_LENGTH);
    out.extend_from_slice(b"{\"articles\":[");
    let mut select = connection.prepare_cached(LISTED)?;
    for (index, &id) in ids.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        select.query_row((id, viewer), |row| write(row, false, &mut out))?;
    }
    out.extend_from_slice(format!("],\"articlesCount\":{count}}}").as_bytes());
    Ok(out)
}

/// An article
#[utoipa::path(get, path = "/api/articles/{slug}", operation_id = "article", tag = "Conduit",
    params(SlugPath), security((), ("Token" = [])),
    responses(
        (status = 200, description = "The article.", body = super::described::ArticleEnvelope,
            headers(("ETag" = String))),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchArticle),
    ))]
pub(super) async fn one(
    State(blog): State<BlogState>,
    viewer: Viewer,
    SlugPath { slug }: SlugPath,
) -> Result<PrivateResponse> {
    let reading = Reading::begin_for(&blog.store, viewer);
    let body = read(&blog, &reading, viewer, slug)?;
    Ok(reading.answer(json(body)))
}

/// The article with this slug as an answer for the viewer of `reading`.
pub(super) fn read(
    blog: &Blog,
    reading: &PrivateReading<'_>,
    viewer: Viewer,
    slug: String,
) -> Result<Bytes> {
    if let Some(body) = reading.cached(&blog.articles, slug.clone()) {
        return Ok(body);
    }
    let body = blog.store.read(|connection| -> Result<_> {
        let body = shown_by_slug(connection, &slug, viewer.user_id())?;
        Ok(body.ok_or(ConduitError::not_found("article"))?)
    })?;
    let body = Bytes::from(body);
    let bytes = body.len() + BESIDE_BODY + slug.len();
    reading.keep(&blog.articles, slug, body.clone(), bytes);
    Ok(body)
}
