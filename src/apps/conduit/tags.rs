//! `GET /api/tags`: all tags in use, those of most articles first.

use axum::body::Bytes;
use axum::extract::State;
use rusqlite::Connection;

use super::answer::{envelope, json};
use super::{Blog, BlogState, Result};
use crate::http::{PublicResponse, Reading};

const TAGS: &str = "SELECT name FROM tag ORDER BY articles DESC, name LIMIT ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [TAGS];

/// List tags
///
/// Every tag that an article has, those of most articles first.
#[utoipa::path(get, path = "/api/tags", operation_id = "tags", tag = "Conduit",
    responses(
        (status = 200, description = "The tags.", body = super::described::TagsEnvelope,
            headers(("ETag" = String))),
    ))]
pub(super) async fn tags(State(blog): State<BlogState>) -> Result<PublicResponse> {
    let reading = Reading::begin(&blog.store);
    let body = read(&blog, &reading).await?;
    Ok(reading.answer(json(body)))
}

/// All tags as an answer.
async fn read(blog: &Blog, reading: &Reading<'_>) -> Result<Bytes> {
    if let Some(body) = reading.cached(&blog.tags, &()) {
        return Ok(body);
    }
    let most = blog.settings.max_tags;
    let work = move |connection: &Connection| -> Result<Vec<u8>> {
        envelope("tags", &first(connection, most)?)
    };
    // Thousands of tags take a while.
    let body = Bytes::from(blog.store.read_offloaded(work).await?);
    reading.keep(&blog.tags, (), body.clone(), body.len());
    Ok(body)
}

/// The first `most` tags of the same list.
pub(super) fn first(connection: &Connection, most: usize) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare_cached(TAGS)?;
    let tags = select.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0))?;
    tags.collect()
}
