//! Favorites: who likes which article.

use axum::extract::State;
use axum::http::StatusCode;

use super::answer::stored;
use super::member::Member;
use super::path::SlugPath;
use super::problem::ConduitError;
use super::write::{Terms, Unchanged, WriteTerms, write};
use super::{Blog, BlogState, Result, article};
use crate::store::Outcome;

const LIKE: &str = "INSERT INTO favorite (article_id, user_id, article_created_at) \
    SELECT id, ?2, created_at FROM article WHERE id = ?1 ON CONFLICT DO NOTHING";
const UNLIKE: &str = "DELETE FROM favorite WHERE article_id = ?1 AND user_id = ?2";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [LIKE, UNLIKE];

/// Make an article a favorite
///
/// Doing so again changes nothing.
#[utoipa::path(post, path = "/api/articles/{slug}/favorite", operation_id = "favorite",
    tag = "Conduit", security(("Token" = [])),
    params(SlugPath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The article.", body = super::described::ArticleEnvelope),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchArticle),
    ))]
pub(super) async fn favorite(
    State(blog): State<BlogState>,
    member: Member,
    path: SlugPath,
    terms: Terms,
) -> Result<Outcome> {
    like_as(&blog, member.id, path.slug, terms.once(b""), true).await
}

/// Make an article no favorite
///
/// Doing so again changes nothing.
#[utoipa::path(delete, path = "/api/articles/{slug}/favorite", operation_id = "unfavorite",
    tag = "Conduit", security(("Token" = [])),
    params(SlugPath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The article.", body = super::described::ArticleEnvelope),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchArticle),
    ))]
pub(super) async fn unfavorite(
    State(blog): State<BlogState>,
    member: Member,
    path: SlugPath,
    terms: Terms,
) -> Result<Outcome> {
    like_as(&blog, member.id, path.slug, terms.once(b""), false).await
}

/// Makes an article a favorite of the user `fan`, or no longer.
pub(super) async fn like_as(
    blog: &Blog,
    fan: i64,
    slug: String,
    terms: WriteTerms,
    is_to_like: bool,
) -> Result<Outcome> {
    let sql = if is_to_like { LIKE } else { UNLIKE };
    write(blog, terms, move |connection| {
        let id = article::id_of(connection, &slug)?.ok_or(ConduitError::not_found("article"))?;
        let changed = connection.prepare_cached(sql)?.execute([id, fan])?;
        let body = article::shown(connection, id, fan)?;
        Unchanged::unless(changed > 0, stored(StatusCode::OK, body))
    })
    .await
}
