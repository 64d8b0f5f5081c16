//! `GET /api/articles`: which articles a page shows, and how many there are in all.
//!
//! A list by one filter, or by none, is a walk along one covering index, and its count is kept: a page
//! costs what it shows and what it skips. A list by several filters walks along the one that has the
//! fewest articles and looks the others up.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use rusqlite::{Connection, OptionalExtension as _, ToSql};

use super::answer::json;
use super::links::{self, ViewerLinks};
use super::query::{self, ArticleFilter, PageRange};
use super::{Blog, BlogState, Result, article, profile};
use crate::apps::listing;
use crate::http::{PrivateReading, PrivateResponse, Reading, Viewer};

/// Articles that a read on a thread that serves requests may go over.
pub(super) const SHORT_WALK: usize = 2_000;

/// What of a list is cached: its filter and its page.
pub(super) type ListKey = (Option<ArticleFilter>, PageRange);

/// A filter that some article may meet, with the articles that meet it alone.
struct Condition<'f> {
    kind: FilterType,
    value: &'f dyn ToSql,
    articles: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FilterType {
    Tag,
    Author,
    Favorite,
}

impl FilterType {
    /// Selects all articles that meet it, by ?1, in order, with `more` conditions.
    fn select(self, more: &str) -> String {
        let (table, column, prefix) = match self {
            Self::Tag => ("article_tag", "tag", "article_"),
            Self::Author => ("article", "author_id", ""),
            Self::Favorite => ("favorite", "user_id", "article_"),
        };
        let id = format!("{prefix}id");
        format!(
            "SELECT w.{id} FROM {table} AS w WHERE w.{column} = ?1{more} \
             ORDER BY w.{prefix}created_at DESC, w.{id} DESC"
        )
    }

    /// Whether an article that `walked` finds meets it, by the parameter `number`.
    fn lookup(self, walked: Self, number: usize) -> String {
        let (id, time) = match walked {
            Self::Author => ("w.id", "w.created_at"),
            Self::Tag | Self::Favorite => ("w.article_id", "w.article_created_at"),
        };
        match self {
            Self::Tag => format!(
                " AND EXISTS (SELECT 1 FROM article_tag WHERE article_id = {id} AND tag = ?{number})"
            ),
            Self::Author => format!(
                " AND EXISTS (SELECT 1 FROM article WHERE author_id = ?{number} \
                 AND created_at = {time} AND id = {id})"
            ),
            Self::Favorite => format!(
                " AND EXISTS (SELECT 1 FROM favorite WHERE article_id = {id} AND user_id = ?{number})"
            ),
        }
    }
}

/// The page of a list by one filter.
const PAGE: &str = " LIMIT ?2 OFFSET ?3";

const NEWEST: &str = "SELECT id FROM article ORDER BY created_at DESC, id DESC LIMIT ?1 OFFSET ?2";
const TOTAL: &str = "SELECT articles FROM total WHERE id = 1";
const OF_TAG: &str = "SELECT articles FROM tag WHERE name = ?1";
const OF_AUTHOR: &str = "SELECT articles FROM user_count WHERE user_id = ?1";
const OF_FAN: &str = "SELECT favorites FROM user_count WHERE user_id = ?1";

/// Every statement of this file, for the test that reads plans: those of no filter and of one, then those of
/// several.
#[cfg(test)]
pub(super) fn statements() -> [Vec<String>; 2] {
    use FilterType::{Author, Favorite, Tag};
    let fixed = [NEWEST, TOTAL, OF_TAG, OF_AUTHOR, OF_FAN].map(str::to_owned);
    let page = |kind: FilterType| kind.select("") + PAGE;
    let alone = fixed.into_iter().chain([Tag, Author, Favorite].map(page));
    let several = [
        (Tag, &[Author][..]),
        (Tag, &[Favorite]),
        (Tag, &[Author, Favorite]),
        (Author, &[Tag]),
        (Author, &[Favorite]),
        (Author, &[Favorite, Tag]),
        (Favorite, &[Tag]),
        (Favorite, &[Author]),
        (Favorite, &[Tag, Author]),
    ];
    let several = several.map(|(walked, others)| {
        let lookups = others.iter().enumerate();
        let lookups = lookups.map(|(index, other)| other.lookup(walked, index + 2));
        walked.select(&lookups.collect::<String>())
    });
    [alone.collect(), several.into()]
}

/// Which articles are on a page, and how many there are in all.
pub(super) struct FoundArticles {
    pub(super) ids: Vec<i64>,
    pub(super) count: i64,
}

impl FoundArticles {
    const NONE: Self = Self {
        ids: Vec::new(),
        count: 0,
    };
}

fn count(connection: &Connection, sql: &str, value: &dyn ToSql) -> rusqlite::Result<i64> {
    let mut select = connection.prepare_cached(sql)?;
    let count = select.query_row([value], |row| row.get(0)).optional()?;
    Ok(count.unwrap_or(0))
}

/// How many articles a page's read goes over before it shows some.
pub(super) fn skipped(page: PageRange, count: i64) -> Option<i64> {
    let offset = i64::try_from(page.offset).ok()?;
    (offset < count).then_some(offset)
}

/// The articles of a page.
pub(super) fn find(
    connection: &Connection,
    filter: &ArticleFilter,
    page: PageRange,
) -> rusqlite::Result<FoundArticles> {
    let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
    let (mut author, mut fan) = (0, 0);
    for (name, id) in [(&filter.author, &mut author), (&filter.favorited, &mut fan)] {
        if let Some(name) = name {
            match profile::id_of(connection, name)? {
                Some(found) => *id = found,
                None => return Ok(FoundArticles::NONE),
            }
        }
    }
    let mut conditions = Vec::new();
    let given = [
        (
            filter.tag.is_some(),
            FilterType::Tag,
            &filter.tag as &dyn ToSql,
            OF_TAG,
        ),
        (
            filter.author.is_some(),
            FilterType::Author,
            &author,
            OF_AUTHOR,
        ),
        (
            filter.favorited.is_some(),
            FilterType::Favorite,
            &fan,
            OF_FAN,
        ),
    ];
    for (is_given, kind, value, sql) in given {
        if is_given {
            let articles = count(connection, sql, value)?;
            conditions.push(Condition {
                kind,
                value,
                articles,
            });
        }
    }
    conditions.sort_by_key(|condition| condition.articles);
    match conditions.as_slice() {
        [] => {
            let count = connection
                .prepare_cached(TOTAL)?
                .query_row([], |row| row.get(0))?;
            let ids = match skipped(page, count) {
                Some(offset) => listing::ids(connection, NEWEST, [limit, offset])?,
                None => Vec::new(),
            };
            Ok(FoundArticles { ids, count })
        }
        [one] => {
            let sql = one.kind.select("") + PAGE;
            let ids = match skipped(page, one.articles) {
                Some(offset) => listing::ids(connection, &sql, [one.value, &limit, &offset])?,
                None => Vec::new(),
            };
            Ok(FoundArticles {
                ids,
                count: one.articles,
            })
        }
        [fewest, others @ ..] => intersect(connection, fewest, others, page),
    }
}

/// The articles of a page that meet several filters.
fn intersect(
    connection: &Connection,
    fewest: &Condition<'_>,
    others: &[Condition<'_>],
    page: PageRange,
) -> rusqlite::Result<FoundArticles> {
    let lookups = others.iter().enumerate();
    let lookups = lookups.map(|(index, other)| other.kind.lookup(fewest.kind, index + 2));
    let sql = fewest.kind.select(&lookups.collect::<String>());
    let mut values = vec![fewest.value];
    values.extend(others.iter().map(|other| other.value));
    let mut ids = listing::ids(connection, &sql, &*values)?;
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    ids.drain(..page.offset.min(ids.len()));
    ids.truncate(page.limit);
    Ok(FoundArticles { ids, count })
}

/// List articles
///
/// The newest first. Filters must match exactly, and all of them; an empty one is none. Parameters that are
/// not listed are ignored.
#[utoipa::path(get, path = "/api/articles", operation_id = "articles", tag = "Conduit",
    params(super::described::FilterParameters, super::described::PageParameters),
    security((), ("Token" = [])),
    responses(
        (status = 200, description = "A page of the list, and how many articles it has in all.",
            body = super::described::ArticlesEnvelope, headers(("ETag" = String))),
        (status = 401, response = super::described::WrongToken),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn articles(
    State(blog): State<BlogState>,
    viewer: Viewer,
    uri: Uri,
) -> Result<PrivateResponse> {
    let (filter, page) = query::read(uri.query().unwrap_or_default(), &blog.settings)?;
    let reading = Reading::begin_for(&blog.store, viewer);
    let body = read(&blog, &reading, (filter, page)).await?;
    Ok(reading.answer(json(body)))
}

/// A page of the list of articles that meet a filter, as an answer for the viewer of `reading`.
pub(super) async fn read(
    blog: &Blog,
    reading: &PrivateReading<'_>,
    (filter, page): (ArticleFilter, PageRange),
) -> Result<Bytes> {
    let (filter, page) = match reading.cached(&blog.lists, (Some(filter), page)) {
        Ok(body) => return Ok(body),
        Err(key) => key,
    };
    let filter = filter.unwrap_or_default();
    let filters = [&filter.tag, &filter.author, &filter.favorited];
    let lengths: Vec<usize> = filters.into_iter().flatten().map(String::len).collect();
    let is_long = page.offset > SHORT_WALK || lengths.len() > 1;
    let asked = filter.clone();
    let work = move |links: &ViewerLinks, connection: &Connection| -> Result<Vec<u8>> {
        let FoundArticles { ids, count } = find(connection, &asked, page)?;
        Ok(article::list(connection, &ids, count, links)?)
    };
    let body = if is_long {
        let links = ViewerLinks::looked_up(reading.viewer());
        blog.store
            .read_offloaded(move |connection| work(&links, connection))
            .await?
    } else {
        links::read(blog, reading, page.limit, work)?
    };
    let body = Bytes::from(body);
    let bytes = body.len() + lengths.iter().sum::<usize>();
    reading.keep(&blog.lists, (Some(filter), page), body.clone(), bytes);
    Ok(body)
}
