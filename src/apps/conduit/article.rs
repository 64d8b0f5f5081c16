//! Articles as they are shown: one, and what lists show of them.

use axum::body::Bytes;
use axum::extract::State;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row};
use serde::Serialize;

use super::answer::{envelope, json};
use super::path::SlugPath;
use super::problem::ConduitError;
use super::profile::Profile;
use super::time::Millis;
use super::{Blog, BlogState, Result};
use crate::apps::answer::text;
use crate::http::{PrivateReading, PrivateResponse, Reading, Viewer};

/// An article as an answer has it. The keys are in the contract's order.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArticleView<'r> {
    slug: &'r str,
    title: &'r str,
    description: &'r str,
    /// Lists leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'r str>,
    tag_list: Vec<String>,
    created_at: Millis,
    updated_at: Millis,
    favorited: bool,
    favorites_count: i64,
    author: Profile<'r>,
}

/// Selects the article ?1 for the viewer ?2, who may be nobody; the body last, since lists have none.
macro_rules! select_article {
    ($body:literal) => {
        concat!(
            "SELECT a.slug, a.title, a.description, a.created_at, a.updated_at, c.favorites, \
             EXISTS (SELECT 1 FROM favorite WHERE article_id = a.id AND user_id = ?2), \
             u.username, u.bio, u.image, \
             EXISTS (SELECT 1 FROM follow WHERE follower_id = ?2 AND followed_id = a.author_id), ",
            $body,
            " FROM article AS a JOIN article_count AS c ON c.article_id = a.id \
             JOIN user AS u ON u.id = a.author_id WHERE a.id = ?1"
        )
    };
}

const ARTICLE: &str = select_article!("a.body");
const LISTED: &str = select_article!("NULL");
const TAGS: &str = "SELECT tag FROM article_tag WHERE article_id = ?1 ORDER BY tag";
const ID: &str = "SELECT id FROM article WHERE slug = ?1";
const SLUG: &str = "SELECT slug FROM article WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 5] = [ARTICLE, LISTED, TAGS, ID, SLUG];

impl<'r> ArticleView<'r> {
    fn of(row: &'r Row<'_>, tag_list: Vec<String>) -> rusqlite::Result<Self> {
        Ok(Self {
            slug: text(row, 0)?,
            title: text(row, 1)?,
            description: text(row, 2)?,
            created_at: row.get(3)?,
            updated_at: row.get(4)?,
            favorites_count: row.get(5)?,
            favorited: row.get(6)?,
            author: Profile::of(row, 7)?,
            body: super::profile::optional_text(row, 11)?,
            tag_list,
        })
    }
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
    tags(&mut connection.prepare_cached(TAGS)?, id)
}

fn tags(select: &mut CachedStatement<'_>, id: i64) -> rusqlite::Result<Vec<String>> {
    select.query_map([id], |row| row.get(0))?.collect()
}

/// The article as an answer, for the user `viewer`, or nobody.
pub(super) fn shown(connection: &Connection, id: i64, viewer: Option<i64>) -> Result<Vec<u8>> {
    let tag_list = tags_of(connection, id)?;
    let mut select = connection.prepare_cached(ARTICLE)?;
    let mut rows = select.query((id, viewer))?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    envelope("article", &ArticleView::of(row, tag_list)?)
}

/// Articles of a list as an answer, in the order of `ids`, of which there are `count` in all.
pub(super) fn list(
    connection: &Connection,
    ids: &[i64],
    count: i64,
    viewer: Option<i64>,
) -> Result<Vec<u8>> {
    /// Bytes that an article of a list has, usually.
    const USUAL_LENGTH: usize = 768;
    let mut out = Vec::with_capacity(64 + ids.len() * USUAL_LENGTH);
    out.extend_from_slice(b"{\"articles\":[");
    let mut select = connection.prepare_cached(LISTED)?;
    let mut select_tags = connection.prepare_cached(TAGS)?;
    for (index, &id) in ids.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let tag_list = tags(&mut select_tags, id)?;
        let mut rows = select.query((id, viewer))?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let article = ArticleView::of(row, tag_list)?;
        serde_json::to_writer(&mut out, &article).map_err(crate::http::HttpError::internal)?;
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
    let body = blog.store.read(|connection| {
        let id = id_of(connection, &slug)?.ok_or(ConduitError::not_found("article"))?;
        shown(connection, id, viewer.user_id())
    })?;
    let body = Bytes::from(body);
    let bytes = body.len() + slug.len();
    reading.keep(&blog.articles, slug, body.clone(), bytes);
    Ok(body)
}
