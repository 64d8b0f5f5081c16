//! Comments below an article, the oldest first, all of them at once.
//!
//! Since there are no pages, an article takes a bounded number of comments, and of their bytes.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _, Row, Rows};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::answer::{envelope, json, stored};
use super::lists::SHORT_WALK;
use super::member::Member;
use super::path::{CommentPath, SlugPath};
use super::problem::ConduitError;
use super::profile::Profile;
use super::settings::ConduitSettings;
use super::time::Millis;
use super::validation::{self, FULL, FieldReader, Presence};
use super::write::{Terms, WriteTerms, write};
use super::{Blog, BlogState, Result, article, body};
use crate::apps::answer::text;
use crate::http::{HttpError, PrivateResponse, Reading, Viewer};
use crate::store::{Outcome, StoredResponse};

/// Bytes of comments that a read on a thread that serves requests may write.
const SHORT_TEXTS: u64 = 64 * 1024;

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment<'r> {
    id: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Millis,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Millis,
    #[schema(value_type = String)]
    body: &'r str,
    author: Profile<'r>,
}

/// Comments for the viewer ?2, who may be nobody.
macro_rules! select_comments {
    ($which:literal) => {
        concat!(
            "SELECT m.id, m.created_at, m.updated_at, m.body, u.username, u.bio, u.image, \
             EXISTS (SELECT 1 FROM follow WHERE follower_id = ?2 AND followed_id = m.author_id) \
             FROM comment AS m JOIN user AS u ON u.id = m.author_id WHERE ",
            $which
        )
    };
}

const OF_ARTICLE: &str = select_comments!("m.article_id = ?1 ORDER BY m.id");
const PAGE: &str = select_comments!("m.article_id = ?1 ORDER BY m.id LIMIT ?3 OFFSET ?4");
/// A comment for its author: nobody follows themselves.
const OWN: &str = "SELECT m.id, m.created_at, m.updated_at, m.body, u.username, u.bio, u.image, 0 \
    FROM comment AS m JOIN user AS u ON u.id = m.author_id WHERE m.id = ?1";
const COUNT: &str = "SELECT comments FROM article_count WHERE article_id = ?1";
const DISCUSSED: &str = "SELECT a.id, c.comments, c.comment_bytes FROM article AS a \
    JOIN article_count AS c ON c.article_id = a.id WHERE a.slug = ?1";
const AROUND: &str = "SELECT c.comments FROM comment AS m \
    JOIN article_count AS c ON c.article_id = m.article_id WHERE m.id = ?1";
const INSERT: &str = "INSERT INTO comment (article_id, author_id, created_at, updated_at, body) \
    VALUES (?1, ?2, ?3, ?3, ?4)";
const AUTHOR: &str = "SELECT author_id FROM comment WHERE id = ?1 AND article_id = ?2";
const DELETE: &str = "DELETE FROM comment WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 9] = [
    AROUND, OF_ARTICLE, PAGE, OWN, COUNT, DISCUSSED, INSERT, AUTHOR, DELETE,
];

impl<'r> Comment<'r> {
    fn of(row: &'r Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            created_at: row.get(1)?,
            updated_at: row.get(2)?,
            body: text(row, 3)?,
            author: Profile::of(row, 4)?,
        })
    }
}

/// An article that is commented on.
struct DiscussedArticle {
    id: i64,
    /// How many comments it has, and how many bytes they have together.
    size: (usize, u64),
}

impl DiscussedArticle {
    /// The one with this slug.
    fn find(connection: &Connection, slug: &str) -> rusqlite::Result<Option<Self>> {
        let mut select = connection.prepare_cached(DISCUSSED)?;
        let found = select.query_row([slug], |row| {
            Ok(Self {
                id: row.get(0)?,
                size: (row.get(1)?, row.get(2)?),
            })
        });
        found.optional()
    }
}

/// How many comments the article of a comment has.
pub(super) fn around(connection: &Connection, id: i64) -> rusqlite::Result<i64> {
    let mut select = connection.prepare_cached(AROUND)?;
    select.query_row([id], |row| row.get(0))
}

/// All comments of an article as an answer.
fn list(connection: &Connection, article: i64, viewer: Option<i64>) -> Result<Vec<u8>> {
    let mut select = connection.prepare_cached(OF_ARTICLE)?;
    written(select.query((article, viewer))?)
}

/// Some of an article's comments as an answer of the same form, and how many there are in all.
pub(super) fn page(
    connection: &Connection,
    article: i64,
    viewer: Option<i64>,
    (limit, offset): (i64, i64),
) -> Result<(Vec<u8>, i64)> {
    let mut count = connection.prepare_cached(COUNT)?;
    let count = count.query_row([article], |row| row.get(0))?;
    let mut select = connection.prepare_cached(PAGE)?;
    let comments = written(select.query((article, viewer, limit, offset))?)?;
    Ok((comments, count))
}

fn written(mut rows: Rows<'_>) -> Result<Vec<u8>> {
    let mut out = b"{\"comments\":[".to_vec();
    let mut is_first = true;
    while let Some(row) = rows.next()? {
        if !is_first {
            out.push(b',');
        }
        is_first = false;
        serde_json::to_writer(&mut out, &Comment::of(row)?).map_err(HttpError::internal)?;
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

/// A comment as its author is shown it.
fn shown(connection: &Connection, id: i64) -> Result<Vec<u8>> {
    let mut select = connection.prepare_cached(OWN)?;
    let mut rows = select.query([id])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    envelope("comment", &Comment::of(row)?)
}

/// Comments of an article
///
/// All of them, the oldest first.
#[utoipa::path(get, path = "/api/articles/{slug}/comments", operation_id = "comments",
    tag = "Conduit", params(SlugPath), security((), ("Token" = [])),
    responses(
        (status = 200, description = "The comments.", body = super::described::CommentsEnvelope,
            headers(("ETag" = String))),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchArticle),
    ))]
pub(super) async fn all(
    State(blog): State<BlogState>,
    viewer: Viewer,
    SlugPath { slug }: SlugPath,
) -> Result<PrivateResponse> {
    let reading = Reading::begin_for(&blog.store, viewer);
    let slug = match reading.cached(&blog.comments, slug) {
        Ok(body) => return Ok(reading.answer(json(body))),
        Err(slug) => slug,
    };
    let article = blog
        .store
        .read(|connection| -> Result<_> { Ok(DiscussedArticle::find(connection, &slug)?) })?;
    let article = article.ok_or(ConduitError::not_found("article"))?;
    let (id, (comments, bytes)) = (article.id, article.size);
    // An article that went meanwhile has none.
    let work = move |connection: &Connection| list(connection, id, viewer.user_id());
    let body = if comments > SHORT_WALK / 10 || bytes > SHORT_TEXTS {
        blog.store.read_offloaded(work).await?
    } else {
        blog.store.read(work)?
    };
    let body = Bytes::from(body);
    let bytes = body.len() + slug.len();
    reading.keep(&blog.comments, slug, body.clone(), bytes);
    Ok(reading.answer(json(body)))
}

/// Comment on an article
#[utoipa::path(post, path = "/api/articles/{slug}/comments", operation_id = "create_comment",
    tag = "Conduit", security(("Token" = [])),
    params(SlugPath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    request_body(content = super::described::NewCommentEnvelope, content_type = "application/json"),
    responses(
        (status = 201, description = "The comment.", body = super::described::CommentEnvelope),
        (status = 400, response = super::described::NoJson),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchArticle),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn create(
    State(blog): State<BlogState>,
    member: Member,
    path: Result<SlugPath, ConduitError>,
    terms: Terms,
    body: Result<Bytes, BytesRejection>,
) -> Result<Outcome> {
    let body = body?;
    let fields = body::fields(&blog.work, "comment", &body).await?;
    let text = text_in(&fields)?;
    let SlugPath { slug } = path?;
    insert(&blog, member.id, (slug, text), terms.once(&body), shown).await
}

/// The text of a comment in a body.
pub(super) fn text_in(fields: &Map<String, Value>) -> Result<String, ConduitError> {
    let mut reader = FieldReader::of(fields);
    let text = reader.text("body", Presence::Required, validation::comment_body);
    reader.finish()?;
    Ok(text.unwrap_or_default())
}

/// Stores a comment of the user `author`, and answers what `shown` says of it to its author.
pub(super) async fn insert(
    blog: &Blog,
    author: i64,
    (slug, text): (String, String),
    terms: WriteTerms,
    shown: fn(&Connection, i64) -> Result<Vec<u8>>,
) -> Result<Outcome> {
    let bounds = CommentBounds::of(&blog.settings);
    write(blog, terms, move |connection| {
        let article = DiscussedArticle::find(connection, &slug)?;
        let article = article.ok_or(ConduitError::not_found("article"))?;
        bounds.check(article.size, text.len())?;
        connection
            .prepare_cached(INSERT)?
            .execute((article.id, author, Millis::now(), &text))?;
        let id = connection.last_insert_rowid();
        let body = shown(connection, id)?;
        Ok(stored(StatusCode::CREATED, body))
    })
    .await
}

/// What an article takes of comments.
#[derive(Debug, Clone, Copy)]
struct CommentBounds {
    count: usize,
    bytes: u64,
}

impl CommentBounds {
    fn of(settings: &ConduitSettings) -> Self {
        Self {
            count: usize::try_from(settings.max_comments).unwrap_or(usize::MAX),
            bytes: settings.max_comment_bytes,
        }
    }

    fn check(self, (count, bytes): (usize, u64), more: usize) -> Result<(), ConduitError> {
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        if count < self.count && bytes.saturating_add(more) <= self.bytes {
            return Ok(());
        }
        Err(ConduitError::invalid(vec![("article", FULL.to_owned())]))
    }
}

/// Remove a comment
#[utoipa::path(delete, path = "/api/articles/{slug}/comments/{id}", operation_id = "remove_comment",
    tag = "Conduit", security(("Token" = [])),
    params(CommentPath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    responses(
        (status = 204, description = "It was removed."),
        (status = 401, response = super::described::WrongToken),
        (status = 403, response = super::described::Forbidden),
        (status = 404, response = super::described::NoSuchComment),
    ))]
pub(super) async fn remove(
    State(blog): State<BlogState>,
    member: Member,
    CommentPath { slug, id }: CommentPath,
    terms: Terms,
) -> Result<Outcome> {
    delete(&blog, member.id, (slug, id), terms.once(b"")).await
}

/// Removes a comment of the user `user` from below an article.
pub(super) async fn delete(
    blog: &Blog,
    user: i64,
    (slug, id): (String, Option<i64>),
    terms: WriteTerms,
) -> Result<Outcome> {
    write(blog, terms, move |connection| {
        let article = article::id_of(connection, &slug)?;
        let article = article.ok_or(ConduitError::not_found("article"))?;
        let author: Option<i64> = connection
            .prepare_cached(AUTHOR)?
            .query_row((id, article), |row| row.get(0))
            .optional()?;
        match author {
            None => Err(ConduitError::not_found("comment").into()),
            Some(author) if author != user => Err(ConduitError::forbidden("comment").into()),
            Some(_) => {
                connection.prepare_cached(DELETE)?.execute([id])?;
                Ok(StoredResponse::from(StatusCode::NO_CONTENT))
            }
        }
    })
    .await
}
