//! Articles as they are shown: one, and what lists show of them.
//!
//! They are written from their rows in the order of the contract's keys. What is kept of them is kept for a viewer,
//! but for what all viewers see of authors. It must not know which articles a list has.

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

/// Selects an article: its columns in the order of the keys of an answer, the number of a single article's author
/// behind them. `$body` are those that lists leave out, and `$author` what is shown of the author, from `$joined`. `$favorited` is whether the viewer likes it.
macro_rules! select_article {
    ($body:literal, $favorited:expr, $author:expr, $joined:literal, $which:literal) => {
        concat!(
            "SELECT a.slug, a.title, a.description, ",
            $body,
            "c.tags, a.created_at, a.updated_at, ",
            $favorited,
            ", c.favorites, ",
            $author,
            " FROM article AS a JOIN article_count AS c ON c.article_id = a.id ",
            $joined,
            "WHERE ",
            $which
        )
    };
}

/// Whether the viewer ?2, who may be nobody, likes the article.
macro_rules! favorited {
    () => {
        "EXISTS (SELECT 1 FROM favorite WHERE article_id = a.id AND user_id = ?2)"
    };
}

/// Whether the viewer ?2, who may be nobody, follows its author.
macro_rules! following {
    () => {
        "EXISTS (SELECT 1 FROM follow WHERE follower_id = ?2 AND followed_id = a.author_id)"
    };
}

/// The author of a single article, the rest of whom is looked up by itself ([`Author`]).
macro_rules! author_number {
    () => {
        concat!(following!(), ", a.author_id")
    };
}

const ARTICLE: &str = select_article!("a.body, ", favorited!(), author_number!(), "", "a.id = ?1");
const BY_SLUG: &str = select_article!(
    "a.body, ",
    favorited!(),
    author_number!(),
    "",
    "a.slug = ?1"
);
/// The same for nobody, who likes nothing and follows none.
const BY_SLUG_FOR_NOBODY: &str =
    select_article!("a.body, ", "0", "0, a.author_id", "", "a.slug = ?1");
const LISTED: &str = select_article!(
    "",
    favorited!(),
    concat!("u.username, u.bio, u.image, ", following!()),
    "JOIN user AS u ON u.id = a.author_id ",
    "a.id = ?1"
);
const AUTHOR: &str = "SELECT username, bio, image FROM user WHERE id = ?1";
const TAGS: &str = "SELECT tag FROM article_tag WHERE article_id = ?1 ORDER BY tag";
const ID: &str = "SELECT id FROM article WHERE slug = ?1";
const SLUG: &str = "SELECT slug FROM article WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 8] = [
    ARTICLE,
    BY_SLUG,
    BY_SLUG_FOR_NOBODY,
    LISTED,
    AUTHOR,
    TAGS,
    ID,
    SLUG,
];

/// What articles show of their author, but for whether the viewer follows: the beginning of an object. Many
/// articles have the same, and no viewer sees it otherwise.
pub(super) type Author = Bytes;

/// The author with this number.
fn author(connection: &Connection, id: i64) -> rusqlite::Result<Author> {
    let mut select = connection.prepare_cached(AUTHOR)?;
    select.query_row([id], |row| {
        let mut out = Vec::with_capacity(256);
        Object::of(row, &mut out)
            .text(key!("username"))?
            .optional_text(key!("bio"))?
            .optional_text(key!("image"))?;
        // Without the room that is left.
        Ok(Bytes::copy_from_slice(&out))
    })
}

/// Begins an article's object with the first columns of its row, with its body if it `is_whole`. The keys
/// are in the contract's order.
fn begin<'o, 'r>(
    row: &'r Row<'r>,
    is_whole: bool,
    out: &'o mut Vec<u8>,
) -> rusqlite::Result<Object<'o, 'r>> {
    let mut object = Object::of(row, out)
        .text(key!("slug"))?
        .text(key!("title"))?
        .text(key!("description"))?;
    if is_whole {
        object = object.text(key!("body"))?;
    }
    object
        .raw(key!("tagList"))?
        .plain::<Millis>(key!("createdAt"))?
        .plain::<Millis>(key!("updatedAt"))?
        .boolean(key!("favorited"))?
        .integer(key!("favoritesCount"))
}

/// Writes the row of an article of a list.
fn write_listed(row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    begin(row, false, out)?
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
    let by = |id| author(connection, id);
    Ok(select.query_row((id, viewer), |row| alone(row, by))?)
}

/// The same of the article with this slug, if there is one, with what `by` says of its author.
fn shown_by_slug(
    connection: &Connection,
    slug: &str,
    viewer: Option<i64>,
    by: impl FnOnce(i64) -> rusqlite::Result<Author>,
) -> rusqlite::Result<Option<Vec<u8>>> {
    let write = |row: &Row<'_>| alone(row, by);
    match viewer {
        Some(viewer) => {
            let mut select = connection.prepare_cached(BY_SLUG)?;
            select.query_row((slug, viewer), write).optional()
        }
        None => {
            let mut select = connection.prepare_cached(BY_SLUG_FOR_NOBODY)?;
            select.query_row([slug], write).optional()
        }
    }
}

/// The column of the body.
const BODY: usize = 3;
/// The column of the author's number.
const AUTHOR_ID: usize = 10;
/// Bytes that most articles have beside their bodies.
const BESIDE_BODY: usize = 1024;

/// A whole article as an answer, with what `by` says of its author.
fn alone(
    row: &Row<'_>,
    by: impl FnOnce(i64) -> rusqlite::Result<Author>,
) -> rusqlite::Result<Vec<u8>> {
    let body = row.get_ref(BODY)?.as_bytes()?.len();
    let mut out = Vec::with_capacity(body + body / 32 + BESIDE_BODY);
    out.extend_from_slice(b"{\"article\":");
    let author = by(row.get(AUTHOR_ID)?)?;
    begin(row, true, &mut out)?
        .begun(key!("author"), &author)
        .boolean(key!("following"))?
        .close()
        .end();
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
        select.query_row((id, viewer), |row| write_listed(row, &mut out))?;
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
    let everybodys = reading.of_everybody();
    let body = blog.store.read(|connection| -> Result<_> {
        let by = |id| {
            if let Some(author) = everybodys.cached(&blog.authors, &id) {
                return Ok(author);
            }
            let author = author(connection, id)?;
            everybodys.keep(&blog.authors, id, author.clone(), author.len());
            Ok(author)
        };
        let body = shown_by_slug(connection, &slug, viewer.user_id(), by)?;
        Ok(body.ok_or(ConduitError::not_found("article"))?)
    })?;
    let body = Bytes::from(body);
    let bytes = body.len() + BESIDE_BODY + slug.len();
    reading.keep(&blog.articles, slug, body.clone(), bytes);
    Ok(body)
}
