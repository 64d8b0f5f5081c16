//! `GET /api/articles/feed`: the articles of those whom the viewer follows, newest first.
//!
//! The list is merged from one walk for each author, along the index that lists an author's articles. Of
//! each author the newest article is known beforehand, so only the authors whose articles come up are
//! walked at all: a page costs one row for each author that is followed, and what it shows and skips. How
//! much the authors have written does not matter.

use std::collections::{BinaryHeap, VecDeque};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _};

use super::answer::json;
use super::links::{self, ViewerLinks};
use super::lists::{FoundArticles, SHORT_WALK, skipped};
use super::member::Member;
use super::query::{self, PageRange};
use super::{Blog, BlogState, Result, article};
use crate::http::{PrivateReading, PrivateResponse, Reading};

/// Everybody whom ?1 follows and who has written something: how much, and the newest of it.
const AUTHORS: &str = "SELECT f.followed_id, c.articles, c.newest_created_at, c.newest_article_id \
    FROM follow AS f JOIN user_count AS c ON c.user_id = f.followed_id \
    WHERE f.follower_id = ?1 AND c.articles > 0";

/// What the author ?1 wrote before the article ?3 of the time ?2.
const OLDER: &str = "SELECT created_at, id FROM article \
    WHERE author_id = ?1 AND (created_at, id) < (?2, ?3) \
    ORDER BY created_at DESC, id DESC LIMIT ?4";

const FOLLOWING: &str = "SELECT following FROM user_count WHERE user_id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [AUTHORS, OLDER, FOLLOWING];

/// Articles of an author that are read together: the first time, and at most.
const BATCHES: (usize, usize) = (4, 64);

/// Where an article is in the order of a list: its time and its number.
type Rank = (i64, i64);

/// An author's articles from one on, those that were read already. The order is that of the first.
struct Walk {
    first: Rank,
    author: i64,
    read: VecDeque<Rank>,
    batch: usize,
}

impl Walk {
    /// Goes on to the author's next article, if there is one.
    fn advance(mut self, older: &mut CachedStatement<'_>) -> rusqlite::Result<Option<Self>> {
        if self.read.is_empty() {
            let ((time, id), limit) = (self.first, i64::try_from(self.batch).unwrap_or(1));
            let rows = older.query_map((self.author, time, id, limit), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            self.read = rows.collect::<Result<_, _>>()?;
            self.batch = BATCHES.1.min(self.batch * 4);
        }
        Ok(self.read.pop_front().map(|first| Self { first, ..self }))
    }
}

impl PartialEq for Walk {
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first
    }
}

impl Eq for Walk {}

impl PartialOrd for Walk {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Walk {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.first.cmp(&other.first)
    }
}

/// The articles of a page of the feed of `reader`.
pub(super) fn find(
    connection: &Connection,
    reader: i64,
    page: PageRange,
) -> rusqlite::Result<FoundArticles> {
    let mut select = connection.prepare_cached(AUTHORS)?;
    let mut count: i64 = 0;
    let mut walks = Vec::new();
    let mut rows = select.query([reader])?;
    while let Some(row) = rows.next()? {
        count += row.get::<_, i64>(1)?;
        walks.push(Walk {
            first: (row.get(2)?, row.get(3)?),
            author: row.get(0)?,
            read: VecDeque::new(),
            batch: BATCHES.0,
        });
    }
    let mut ids = Vec::new();
    let Some(offset) = skipped(page, count) else {
        return Ok(FoundArticles { ids, count });
    };
    let mut walks = BinaryHeap::from(walks);
    let mut older = connection.prepare_cached(OLDER)?;
    let mut place = 0;
    while let Some(newest) = walks.pop() {
        if place >= offset {
            ids.push(newest.first.1);
            if ids.len() == page.limit {
                break;
            }
        }
        place += 1;
        walks.extend(newest.advance(&mut older)?);
    }
    Ok(FoundArticles { ids, count })
}

fn following(connection: &Connection, reader: i64) -> rusqlite::Result<usize> {
    let mut select = connection.prepare_cached(FOLLOWING)?;
    // Whoever has gone meanwhile, by a reset, follows nobody.
    let following: Option<usize> = select.query_row([reader], |row| row.get(0)).optional()?;
    Ok(following.unwrap_or(0))
}

/// The viewer's feed
///
/// What those whom the viewer follows have written, the newest first.
#[utoipa::path(get, path = "/api/articles/feed", operation_id = "feed", tag = "Conduit",
    params(super::described::PageParameters), security(("Token" = [])),
    responses(
        (status = 200, description = "A page of the feed, and how many articles it has in all.",
            body = super::described::ArticlesEnvelope, headers(("ETag" = String))),
        (status = 401, response = super::described::WrongToken),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn feed(
    State(blog): State<BlogState>,
    member: Member,
    uri: Uri,
) -> Result<PrivateResponse> {
    let (_, page) = query::read(uri.query().unwrap_or_default(), &blog.settings)?;
    let reading = Reading::begin_for(&blog.store, member.viewer);
    let body = read(&blog, &reading, member.id, page).await?;
    Ok(reading.answer(json(body)))
}

/// A page of the feed of the user `id`, who is the viewer of `reading`, as an answer.
pub(super) async fn read(
    blog: &Blog,
    reading: &PrivateReading<'_>,
    id: i64,
    page: PageRange,
) -> Result<Bytes> {
    let key = match reading.cached(&blog.lists, (None, page)) {
        Ok(body) => return Ok(body),
        Err(key) => key,
    };
    let following = blog
        .store
        .read(|connection| -> Result<_> { Ok(following(connection, id)?) })?;
    let work = move |links: &ViewerLinks, connection: &Connection| -> Result<Vec<u8>> {
        let FoundArticles { ids, count } = find(connection, id, page)?;
        Ok(article::list(connection, &ids, count, links)?)
    };
    let body = if following.saturating_add(page.offset) > SHORT_WALK {
        let links = ViewerLinks::LookedUp(id);
        blog.store
            .read_offloaded(move |connection| work(&links, connection))
            .await?
    } else {
        links::read(blog, reading, page.limit, work)?
    };
    let body = Bytes::from(body);
    reading.keep(&blog.lists, key, body.clone(), body.len());
    Ok(body)
}
