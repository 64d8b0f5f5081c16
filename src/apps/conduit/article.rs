//! Articles as they are shown: one, and what lists show of them.
//!
//! They are written from their rows in the order of the contract's keys. What is kept of them is kept for a viewer,
//! but for what all viewers see of authors. It must not know which articles a list has.

use axum::body::Bytes;
use axum::extract::State;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::answer::json;
use super::links::{self, ViewerLinks};
use super::path::SlugPath;
use super::problem::ConduitError;
use super::time::Millis;
use super::{Blog, BlogState, Result};
use crate::apps::answer::{Object, key};
use crate::http::{PrivateReading, PrivateResponse, Reading, Viewer};

/// Selects an article: its columns in the order of the keys of an answer, then the numbers of itself and of its author.
/// `$body` are those that lists leave out, and `$author` what is shown of the author, from `$joined`. `$favorited` and
/// `$following` are whether the viewer likes it and follows the author, or nothing where that is known.
macro_rules! select_article {
    ($body:literal, $favorited:expr, $author:literal, $following:expr, $joined:literal, $which:literal) => {
        concat!(
            "SELECT a.slug, a.title, a.description, ",
            $body,
            "c.tags, a.created_at, a.updated_at, ",
            $favorited,
            "c.favorites, ",
            $author,
            $following,
            "a.id, a.author_id",
            " FROM article AS a JOIN article_count AS c ON c.article_id = a.id ",
            $joined,
            "WHERE ",
            $which
        )
    };
}

/// Whether the viewer ?2 likes the article.
macro_rules! favorited {
    () => {
        "EXISTS (SELECT 1 FROM favorite WHERE article_id = a.id AND user_id = ?2), "
    };
}

/// Whether the viewer ?2 follows its author.
macro_rules! following {
    () => {
        "EXISTS (SELECT 1 FROM follow WHERE follower_id = ?2 AND followed_id = a.author_id), "
    };
}

/// A whole article, the author of which is looked up otherwise ([`Author`]).
macro_rules! select_whole {
    ($favorited:expr, $following:expr, $which:literal) => {
        select_article!("a.body, ", $favorited, "", $following, "", $which)
    };
}

/// An article of a list.
macro_rules! select_listed {
    ($favorited:expr, $following:expr) => {
        select_article!(
            "",
            $favorited,
            "u.username, u.bio, u.image, ",
            $following,
            "JOIN user AS u ON u.id = a.author_id ",
            "a.id = ?1"
        )
    };
}

const ARTICLE: &str = select_whole!(favorited!(), following!(), "a.id = ?1");
const BY_SLUG: &str = select_whole!(favorited!(), following!(), "a.slug = ?1");
/// The same for a viewer whose links are known.
const BY_SLUG_ALONE: &str = select_whole!("", "", "a.slug = ?1");
const LISTED: &str = select_listed!(favorited!(), following!());
/// The same for a viewer whose links are known.
const LISTED_ALONE: &str = select_listed!("", "");
const AUTHOR: &str = "SELECT username, bio, image FROM user WHERE id = ?1";
const TAGS: &str = "SELECT tag FROM article_tag WHERE article_id = ?1 ORDER BY tag";
const ID: &str = "SELECT id FROM article WHERE slug = ?1";
const SLUG: &str = "SELECT slug FROM article WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 9] = [
    ARTICLE,
    BY_SLUG,
    BY_SLUG_ALONE,
    LISTED,
    LISTED_ALONE,
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

/// What articles say of their viewer.
#[derive(Clone, Copy)]
struct Regard {
    favorited: bool,
    following: bool,
}

impl Regard {
    /// For the article of this row, `at` whose column its own number is and its author's behind; `None` where columns
    /// say so.
    fn of(links: &ViewerLinks, row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Self>> {
        Ok(match links {
            ViewerLinks::LookedUp(_) => None,
            ViewerLinks::Nobody => Some(Self {
                favorited: false,
                following: false,
            }),
            ViewerLinks::Known(links) => Some(Self {
                favorited: links.likes(row.get(at)?),
                following: links.follows(row.get(at + 1)?),
            }),
        })
    }
}

/// Begins an article's object with the first columns of its row, with its body if it `is_whole`. The keys
/// are in the contract's order.
fn begin<'o, 'r>(
    row: &'r Row<'r>,
    is_whole: bool,
    regard: Option<Regard>,
    out: &'o mut Vec<u8>,
) -> rusqlite::Result<Object<'o, 'r>> {
    let mut object = Object::of(row, out)
        .text(key!("slug"))?
        .text(key!("title"))?
        .text(key!("description"))?;
    if is_whole {
        object = object.text(key!("body"))?;
    }
    object = object
        .raw(key!("tagList"))?
        .plain::<Millis>(key!("createdAt"))?
        .plain::<Millis>(key!("updatedAt"))?;
    let name = key!("favorited");
    object = match regard {
        Some(Regard { favorited, .. }) => object.known_boolean(name, favorited),
        None => object.boolean(name)?,
    };
    object.integer(key!("favoritesCount"))
}

/// Ends the object of an article, and that of its author within.
fn end(object: Object<'_, '_>, regard: Option<Regard>) -> rusqlite::Result<()> {
    let name = key!("following");
    let object = match regard {
        Some(Regard { following, .. }) => object.known_boolean(name, following),
        None => object.boolean(name)?,
    };
    object.close().end();
    Ok(())
}

/// Writes the row of an article of a list.
fn write_listed(row: &Row<'_>, links: &ViewerLinks, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    /// The column of the article's number, where none says what the viewer has to do with it.
    const ID: usize = 10;
    let regard = Regard::of(links, row, ID)?;
    let object = begin(row, false, regard, out)?
        .open(key!("author"))
        .text(key!("username"))?
        .optional_text(key!("bio"))?
        .optional_text(key!("image"))?;
    end(object, regard)
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

/// The article as an answer, for the user `viewer`.
pub(super) fn shown(connection: &Connection, id: i64, viewer: i64) -> Result<Vec<u8>> {
    let mut select = connection.prepare_cached(ARTICLE)?;
    let by = |id| author(connection, id);
    let links = ViewerLinks::LookedUp(viewer);
    Ok(select.query_row((id, viewer), |row| alone(row, &links, by))?)
}

/// The article with this slug, if there is one, as an answer for a viewer with these `links`, with what `by` says of
/// its author.
fn shown_by_slug(
    connection: &Connection,
    slug: &str,
    links: &ViewerLinks,
    by: impl FnOnce(i64) -> rusqlite::Result<Author>,
) -> rusqlite::Result<Option<Vec<u8>>> {
    let write = |row: &Row<'_>| alone(row, links, by);
    match links {
        ViewerLinks::LookedUp(viewer) => {
            let mut select = connection.prepare_cached(BY_SLUG)?;
            select.query_row((slug, viewer), write).optional()
        }
        ViewerLinks::Nobody | ViewerLinks::Known(_) => {
            let mut select = connection.prepare_cached(BY_SLUG_ALONE)?;
            select.query_row([slug], write).optional()
        }
    }
}

/// The column of the body.
const BODY: usize = 3;
/// Bytes that most articles have beside their bodies.
const BESIDE_BODY: usize = 1024;

/// A whole article as an answer, with what `by` says of its author.
fn alone(
    row: &Row<'_>,
    links: &ViewerLinks,
    by: impl FnOnce(i64) -> rusqlite::Result<Author>,
) -> rusqlite::Result<Vec<u8>> {
    // The columns of the numbers of the article and its author are the last ones.
    let id = row.as_ref().column_count() - 2;
    let regard = Regard::of(links, row, id)?;
    let body = row.get_ref(BODY)?.as_bytes()?.len();
    let mut out = Vec::with_capacity(body + body / 32 + BESIDE_BODY);
    out.extend_from_slice(b"{\"article\":");
    let author = by(row.get(id + 1)?)?;
    let object = begin(row, true, regard, &mut out)?.begun(key!("author"), &author);
    end(object, regard)?;
    out.push(b'}');
    Ok(out)
}

/// Articles of a list as an answer for a viewer with these `links`, in the order of `ids`, of which there are `count`
/// in all.
pub(super) fn list(
    connection: &Connection,
    ids: &[i64],
    count: i64,
    links: &ViewerLinks,
) -> rusqlite::Result<Vec<u8>> {
    /// Bytes that an article of a list has, usually.
    const USUAL_LENGTH: usize = 768;
    let mut out = Vec::with_capacity(64 + ids.len() * USUAL_LENGTH);
    out.extend_from_slice(b"{\"articles\":[");
    let (sql, viewer) = match links {
        ViewerLinks::LookedUp(viewer) => (LISTED, Some(*viewer)),
        ViewerLinks::Nobody | ViewerLinks::Known(_) => (LISTED_ALONE, None),
    };
    let mut select = connection.prepare_cached(sql)?;
    for (index, &id) in ids.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let write = |row: &Row<'_>| write_listed(row, links, &mut out);
        match viewer {
            Some(viewer) => select.query_row((id, viewer), write)?,
            None => select.query_row([id], write)?,
        }
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
    let body = read(&blog, &reading, slug)?;
    Ok(reading.answer(json(body)))
}

/// The article with this slug as an answer for the viewer of `reading`.
pub(super) fn read(blog: &Blog, reading: &PrivateReading<'_>, slug: String) -> Result<Bytes> {
    let slug = match reading.cached(&blog.articles, slug) {
        Ok(body) => return Ok(body),
        Err(slug) => slug,
    };
    let everybodys = reading.of_everybody();
    let body = links::read(blog, reading, 1, |links, connection| {
        let by = |id| {
            if let Some(author) = everybodys.cached(&blog.authors, &id) {
                return Ok(author);
            }
            let author = author(connection, id)?;
            everybodys.keep(&blog.authors, id, author.clone(), author.len());
            Ok(author)
        };
        let body = shown_by_slug(connection, &slug, links, by)?;
        Ok(body.ok_or(ConduitError::not_found("article"))?)
    })?;
    let body = Bytes::from(body);
    let bytes = body.len() + BESIDE_BODY + slug.len();
    reading.keep(&blog.articles, slug, body.clone(), bytes);
    Ok(body)
}
