//! What a viewer likes and whom they follow, all of it, so that articles need not be looked up one by one.
//!
//! Each article that a user is shown says whether the user likes it and follows its author: two searches, one of
//! them in a table that is as large as all favorites. Who goes on reading while nobody writes is worth one read of
//! all links instead. They are of one revision, as whatever is kept ([`PrivateReading`]). This file must not
//! know how articles are shown.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use rusqlite::{Connection, OptionalExtension as _};

use super::{Blog, Result};
use crate::http::{PrivateReading, Viewer};

const COUNTS: &str = "SELECT favorites + following FROM user_count WHERE user_id = ?1";
const LIKED: &str = "SELECT article_id FROM favorite WHERE user_id = ?1";
const FOLLOWED: &str = "SELECT followed_id FROM follow WHERE follower_id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [COUNTS, LIKED, FOLLOWED];

/// Links of a user, beyond which they are never read all at once.
const MOST: usize = 1_000;

/// Links that are read in the time of the two searches of an article, about.
const WORTH_AN_ARTICLE: usize = 16;

/// All links of one user.
#[derive(Debug)]
pub(super) struct KnownLinks {
    /// Numbers of articles, in order.
    liked: Vec<i64>,
    /// Numbers of users, in order.
    followed: Vec<i64>,
}

impl KnownLinks {
    fn read(connection: &Connection, user: i64) -> rusqlite::Result<Self> {
        let ids = |sql| -> rusqlite::Result<Vec<i64>> {
            let mut select = connection.prepare_cached(sql)?;
            let mut ids: Vec<i64> = select
                .query_map([user], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            ids.sort_unstable();
            ids.shrink_to_fit();
            Ok(ids)
        };
        Ok(Self {
            liked: ids(LIKED)?,
            followed: ids(FOLLOWED)?,
        })
    }

    pub(super) fn likes(&self, article: i64) -> bool {
        self.liked.binary_search(&article).is_ok()
    }

    pub(super) fn follows(&self, user: i64) -> bool {
        self.followed.binary_search(&user).is_ok()
    }
}

/// Reads what shows the viewer of `reading` up to so many articles. `work` is done once more where the links that it
/// was given may be of another revision than what it read.
pub(super) fn read<T>(
    blog: &Blog,
    reading: &PrivateReading<'_>,
    articles: usize,
    work: impl Fn(&ViewerLinks, &Connection) -> Result<T>,
) -> Result<T> {
    let links = ViewerLinks::of(blog, reading, articles)?;
    let done = blog.store.read(|connection| work(&links, connection))?;
    if matches!(links, ViewerLinks::Known(_)) && !reading.is_current() {
        let links = ViewerLinks::looked_up(reading.viewer());
        return blog.store.read(|connection| work(&links, connection));
    }
    Ok(done)
}

/// What is known of the viewer of articles.
#[derive(Debug)]
pub(super) enum ViewerLinks {
    /// Nobody likes anything or follows anyone.
    Nobody,
    Known(Arc<KnownLinks>),
    /// Those of the user with this number are looked up for each article.
    LookedUp(i64),
}

impl ViewerLinks {
    /// Those of this viewer, looked up.
    pub(super) fn looked_up(viewer: Viewer) -> Self {
        viewer.user_id().map_or(Self::Nobody, Self::LookedUp)
    }

    fn of(blog: &Blog, reading: &PrivateReading<'_>, articles: usize) -> Result<Self> {
        let Some(user) = reading.viewer().user_id() else {
            return Ok(Self::Nobody);
        };
        let Ok(asked) = reading.cached(&blog.links, ()) else {
            let asked = Arc::new(AskedLinks::of(articles));
            reading.keep(&blog.links, (), asked, MOST * size_of::<i64>());
            return Ok(Self::LookedUp(user));
        };
        let links = asked.links(blog, reading, user, articles)?;
        Ok(links.map_or(Self::LookedUp(user), Self::Known))
    }
}

/// Whether a viewer's links are read: after so many articles of one revision that it is worth it.
#[derive(Debug)]
pub(super) struct AskedLinks {
    articles: AtomicUsize,
    count: OnceLock<usize>,
    links: OnceLock<Arc<KnownLinks>>,
}

impl AskedLinks {
    fn of(articles: usize) -> Self {
        Self {
            articles: articles.into(),
            count: OnceLock::new(),
            links: OnceLock::new(),
        }
    }

    fn links(
        &self,
        blog: &Blog,
        reading: &PrivateReading<'_>,
        user: i64,
        articles: usize,
    ) -> Result<Option<Arc<KnownLinks>>> {
        if let Some(links) = self.links.get() {
            return Ok(Some(Arc::clone(links)));
        }
        let before = self.articles.fetch_add(articles, Ordering::Relaxed);
        if self
            .count
            .get()
            .is_some_and(|count| !is_worth(*count, before))
        {
            return Ok(None);
        }
        blog.store.read(|connection| -> Result<_> {
            let mut select = connection.prepare_cached(COUNTS)?;
            // Whoever has gone meanwhile, by a reset, has none.
            let count: Option<usize> = select.query_row([user], |row| row.get(0)).optional()?;
            let count = count.unwrap_or(0);
            let links = match is_worth(count, before) {
                true => Some(Arc::new(KnownLinks::read(connection, user)?)),
                false => None,
            };
            // What was read is of the reading's revision if that is still the store's.
            if !reading.is_current() {
                return Ok(None);
            }
            self.count.get_or_init(|| count);
            Ok(links.map(|links| Arc::clone(self.links.get_or_init(|| links))))
        })
    }
}

fn is_worth(count: usize, articles: usize) -> bool {
    count <= MOST && count <= articles * WORTH_AN_ARTICLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_by_number() {
        let links = KnownLinks {
            liked: vec![2, 5, 9],
            followed: vec![1],
        };
        let found = |is: &dyn Fn(i64) -> bool| (0..12).filter(|id| is(*id)).collect::<Vec<_>>();
        assert_eq!(found(&|id| links.likes(id)), [2, 5, 9]);
        assert_eq!(found(&|id| links.follows(id)), [1]);
    }

    #[test]
    fn many_links_are_read_for_many_articles_and_very_many_never() {
        assert!(is_worth(0, 1) && is_worth(16, 1) && !is_worth(17, 1));
        assert!(is_worth(MOST, MOST) && !is_worth(MOST + 1, usize::MAX / WORTH_AN_ARTICLE));
    }
}
