//! Writing, changing and removing articles.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Map, Value};

use super::answer::stored;
use super::member::Member;
use super::path::SlugPath;
use super::problem::ConduitError;
use super::time::Millis;
use super::validation::{self, FieldReader, Presence};
use super::write::{Terms, Unchanged, WriteTerms, write};
use super::{Blog, BlogState, Result, article, body, slug};
use crate::store::{Outcome, StoredResponse};

const INSERT: &str = "INSERT INTO article (author_id, created_at, updated_at, slug, title, description, \
    body) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6)";
const TITLE: &str = "SELECT id, author_id, created_at, updated_at, slug, title FROM article \
    WHERE slug = ?1";
const SLUG_TAKEN: &str = "SELECT 1 FROM article WHERE slug = ?1 AND id <> ?2";

/// What is not given stays.
const UPDATE: &str = "UPDATE article SET updated_at = ?2, slug = ?3, title = ifnull(?4, title), \
    description = ifnull(?5, description), body = ifnull(?6, body) WHERE id = ?1";
const DELETE: &str = "DELETE FROM article WHERE id = ?1";
const TAG: &str =
    "INSERT INTO article_tag (article_id, tag, article_created_at) VALUES (?1, ?2, ?3)";
const UNTAG: &str = "DELETE FROM article_tag WHERE article_id = ?1 AND tag = ?2";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 7] = [INSERT, TITLE, SLUG_TAKEN, UPDATE, DELETE, TAG, UNTAG];

/// What a body gives of an article. In a new one all texts are there.
#[derive(Debug)]
pub(super) struct ArticleFields {
    title: Option<String>,
    description: Option<String>,
    body: Option<String>,
    tags: Option<Vec<String>>,
}

impl ArticleFields {
    /// Those of a body.
    pub(super) fn read(
        fields: &Map<String, Value>,
        presence: Presence,
    ) -> Result<Self, ConduitError> {
        let mut reader = FieldReader::of(fields);
        let article = Self {
            title: reader.text("title", presence, validation::title),
            description: reader.text("description", presence, validation::description),
            body: reader.text("body", presence, validation::article_body),
            tags: reader.tags("tagList"),
        };
        reader.finish()?;
        Ok(article)
    }

    fn is_empty(&self) -> bool {
        let texts = [&self.title, &self.description, &self.body];
        texts.into_iter().all(Option::is_none) && self.tags.is_none()
    }
}

/// An article that is there.
struct StoredArticle {
    id: i64,
    author_id: i64,
    created_at: Millis,
    updated_at: Millis,
    slug: String,
    title: String,
}

/// The article with this slug, which must be `author`'s.
fn own(connection: &Connection, slug: &str, author: i64) -> Result<StoredArticle, Unchanged> {
    let mut select = connection.prepare_cached(TITLE)?;
    let found = select.query_row([slug], |row| {
        Ok(StoredArticle {
            id: row.get(0)?,
            author_id: row.get(1)?,
            created_at: row.get(2)?,
            updated_at: row.get(3)?,
            slug: row.get(4)?,
            title: row.get(5)?,
        })
    });
    let found = found
        .optional()?
        .ok_or(ConduitError::not_found("article"))?;
    if found.author_id != author {
        return Err(ConduitError::forbidden("article").into());
    }
    Ok(found)
}

/// The slug of the article `id` (0 for a new one) with this title.
fn free_slug(connection: &Connection, title: &str, id: i64) -> rusqlite::Result<String> {
    slug::free(&slug::base(title), |slug| {
        connection.prepare_cached(SLUG_TAKEN)?.exists((slug, id))
    })
}

/// Write an article
///
/// Titles need not be different: each article gets a slug of its own. Of `tagList` what is empty is left
/// out, and what is there twice is taken once.
#[utoipa::path(post, path = "/api/articles", operation_id = "create_article", tag = "Conduit",
    params(("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)), security(("Token" = [])),
    request_body(content = super::described::NewArticleEnvelope, content_type = "application/json"),
    responses(
        (status = 201, description = "The article.", body = super::described::ArticleEnvelope),
        (status = 400, response = super::described::NoJson),
        (status = 401, response = super::described::WrongToken),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn create(
    State(blog): State<BlogState>,
    member: Member,
    terms: Terms,
    body: Result<Bytes, BytesRejection>,
) -> Result<Outcome> {
    let body = body?;
    let fields = body::fields(&blog.work, "article", &body).await?;
    let new = ArticleFields::read(&fields, Presence::Required)?;
    insert(&blog, member.id, new, terms.once(&body), article::shown).await
}

/// What is answered of an article that was written: of the article by its number, for its author.
pub(super) type ShownArticle = fn(&Connection, i64, i64) -> Result<Vec<u8>>;

/// Stores an article of the user `author`.
pub(super) async fn insert(
    blog: &Blog,
    author: i64,
    new: ArticleFields,
    terms: WriteTerms,
    shown: ShownArticle,
) -> Result<Outcome> {
    write(blog, terms, move |connection| {
        let now = Millis::now();
        let title = new.title.as_deref().unwrap_or_default();
        let slug = free_slug(connection, title, 0)?;
        connection.prepare_cached(INSERT)?.execute((
            author,
            now,
            slug,
            title,
            &new.description,
            &new.body,
        ))?;
        let id = connection.last_insert_rowid();
        tag(connection, id, now, &new.tags.unwrap_or_default())?;
        let body = shown(connection, id, author)?;
        Ok(stored(StatusCode::CREATED, body))
    })
    .await
}

/// Change an article
///
/// What is left out stays; `tagList` replaces all tags. A title of other words gives another slug.
#[utoipa::path(put, path = "/api/articles/{slug}", operation_id = "change_article", tag = "Conduit",
    params(SlugPath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)), security(("Token" = [])),
    request_body(content = super::described::ArticleChangesEnvelope, content_type = "application/json"),
    responses(
        (status = 200, description = "The article.", body = super::described::ArticleEnvelope),
        (status = 400, response = super::described::NoJson),
        (status = 401, response = super::described::WrongToken),
        (status = 403, response = super::described::Forbidden),
        (status = 404, response = super::described::NoSuchArticle),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn change(
    State(blog): State<BlogState>,
    member: Member,
    path: Result<SlugPath, ConduitError>,
    terms: Terms,
    body: Result<Bytes, BytesRejection>,
) -> Result<Outcome> {
    let body = body?;
    let fields = body::fields(&blog.work, "article", &body).await?;
    let changes = ArticleFields::read(&fields, Presence::Optional)?;
    let SlugPath { slug } = path?;
    apply(
        &blog,
        member.id,
        (slug, changes),
        terms.once(&body),
        article::shown,
    )
    .await
}

/// Changes an article of the user `author`.
pub(super) async fn apply(
    blog: &Blog,
    author: i64,
    (slug, changes): (String, ArticleFields),
    terms: WriteTerms,
    shown: ShownArticle,
) -> Result<Outcome> {
    write(blog, terms, move |connection| {
        let old = own(connection, &slug, author)?;
        if !changes.is_empty() {
            update(connection, &old, &changes)?;
        }
        let body = shown(connection, old.id, author)?;
        Unchanged::unless(!changes.is_empty(), stored(StatusCode::OK, body))
    })
    .await
}

fn update(
    connection: &Connection,
    old: &StoredArticle,
    changes: &ArticleFields,
) -> Result<(), Unchanged> {
    let slug = match &changes.title {
        Some(title) if slug::base(title) != slug::base(&old.title) => {
            free_slug(connection, title, old.id)?
        }
        _ => old.slug.clone(),
    };
    connection.prepare_cached(UPDATE)?.execute((
        old.id,
        old.updated_at.next(Millis::now()),
        slug,
        &changes.title,
        &changes.description,
        &changes.body,
    ))?;
    if let Some(wanted) = &changes.tags {
        // Only what differs is written.
        let there = article::tags_of(connection, old.id)?;
        for gone in there.iter().filter(|tag| !wanted.contains(tag)) {
            connection.prepare_cached(UNTAG)?.execute((old.id, gone))?;
        }
        let new: Vec<_> = wanted
            .iter()
            .filter(|tag| !there.contains(tag))
            .cloned()
            .collect();
        tag(connection, old.id, old.created_at, &new)?;
    }
    Ok(())
}

fn tag(
    connection: &Connection,
    id: i64,
    created_at: Millis,
    tags: &[String],
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(TAG)?;
    tags.iter()
        .try_for_each(|tag| insert.execute((id, tag, created_at)).map(|_| ()))
}

/// Remove an article
///
/// Its comments and favorites go with it.
#[utoipa::path(delete, path = "/api/articles/{slug}", operation_id = "remove_article",
    tag = "Conduit", security(("Token" = [])),
    params(SlugPath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    responses(
        (status = 204, description = "It was removed."),
        (status = 401, response = super::described::WrongToken),
        (status = 403, response = super::described::Forbidden),
        (status = 404, response = super::described::NoSuchArticle),
    ))]
pub(super) async fn remove(
    State(blog): State<BlogState>,
    member: Member,
    SlugPath { slug }: SlugPath,
    terms: Terms,
) -> Result<Outcome> {
    delete(&blog, member.id, slug, terms.once(b"")).await
}

/// Removes an article of the user `author`.
pub(super) async fn delete(
    blog: &Blog,
    author: i64,
    slug: String,
    terms: WriteTerms,
) -> Result<Outcome> {
    write(blog, terms, move |connection| {
        let old = own(connection, &slug, author)?;
        connection.prepare_cached(DELETE)?.execute([old.id])?;
        Ok(StoredResponse::from(StatusCode::NO_CONTENT))
    })
    .await
}
