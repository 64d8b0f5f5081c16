//! What pages show: the API's answers, read back into rows.
//!
//! Whatever a page shows comes from the function that answers the API's endpoint, so that a page cannot
//! find anything else than the API does, and takes part in what is cached of its answers.

use axum::body::Bytes;
use rusqlite::Connection;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::apps::conduit::query::{ArticleFilter, PageRange};
use crate::apps::conduit::{
    Blog, Result, account, article, comments, feed, lists, problem::ConduitError, profile,
};
use crate::http::{HttpError, PrivateReading};

/// What everybody sees of a user.
#[derive(Debug, Deserialize)]
pub(super) struct ProfileData {
    pub(super) username: String,
    pub(super) bio: Option<String>,
    pub(super) image: Option<String>,
    pub(super) following: bool,
}

/// An article; in lists without its body.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArticleData {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) description: String,
    #[serde(default)]
    pub(super) body: String,
    pub(super) tag_list: Vec<String>,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) favorited: bool,
    pub(super) favorites_count: i64,
    pub(super) author: ProfileData,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArticleList {
    pub(super) articles: Vec<ArticleData>,
    pub(super) articles_count: i64,
}

/// A comment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommentData {
    pub(super) id: i64,
    pub(super) created_at: String,
    pub(super) body: String,
    pub(super) author: ProfileData,
}

/// An account as its user sees it.
#[derive(Debug, Deserialize)]
pub(super) struct AccountData {
    pub(super) email: String,
    pub(super) username: String,
    pub(super) bio: Option<String>,
    pub(super) image: Option<String>,
}

#[derive(Deserialize)]
struct OfArticle {
    article: ArticleData,
}

#[derive(Deserialize)]
struct OfProfile {
    profile: ProfileData,
}

#[derive(Deserialize)]
struct OfComments {
    comments: Vec<CommentData>,
}

#[derive(Deserialize)]
struct OfAccount {
    user: AccountData,
}

fn rows<T: DeserializeOwned>(answer: &[u8]) -> Result<T> {
    serde_json::from_slice(answer).map_err(HttpError::internal)
}

/// One article.
pub(super) fn article(
    blog: &Blog,
    reading: &PrivateReading<'_>,
    slug: String,
) -> Result<ArticleData> {
    let answer: Bytes = article::read(blog, reading, slug)?;
    Ok(rows::<OfArticle>(&answer)?.article)
}

/// A page of a list.
pub(super) async fn list(
    blog: &Blog,
    reading: &PrivateReading<'_>,
    asked: (ArticleFilter, PageRange),
) -> Result<ArticleList> {
    rows(&lists::read(blog, reading, asked).await?)
}

/// A page of the feed of the user `id`.
pub(super) async fn feed(
    blog: &Blog,
    reading: &PrivateReading<'_>,
    id: i64,
    page: PageRange,
) -> Result<ArticleList> {
    rows(&feed::read(blog, reading, id, page).await?)
}

/// A profile for the user `viewer`.
pub(super) fn profile(blog: &Blog, name: &str, viewer: Option<i64>) -> Result<ProfileData> {
    let answer = blog.store.read(|connection| {
        let id = profile::id_of(connection, name)?.ok_or(ConduitError::not_found("profile"))?;
        profile::shown(connection, id, viewer)
    })?;
    Ok(rows::<OfProfile>(&answer)?.profile)
}

/// `limit` comments of an article from `offset` on, and how many there are in all.
pub(super) async fn comments(
    blog: &Blog,
    slug: String,
    viewer: Option<i64>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<CommentData>, i64)> {
    let work = move |connection: &Connection| -> Result<_> {
        match article::id_of(connection, &slug)? {
            Some(id) => comments::page(connection, id, viewer, (limit, offset)),
            // It went meanwhile.
            None => Err(ConduitError::not_found("article").into()),
        }
    };
    let (answer, count) = if offset > limit {
        blog.store.read_offloaded(work).await?
    } else {
        blog.store.read(work)?
    };
    Ok((rows::<OfComments>(&answer)?.comments, count))
}

/// The account of the user `id`.
pub(super) fn account(blog: &Blog, id: i64) -> Result<AccountData> {
    let answer = blog
        .store
        .read(|connection| account::shown(connection, id, ""))?;
    Ok(rows::<OfAccount>(&answer)?.user)
}
