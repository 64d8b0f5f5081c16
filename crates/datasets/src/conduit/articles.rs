//! Articles: who wrote which, when, in which language.

use std::collections::HashSet;

use super::calendar::{BEGINNING, DAY, END};
use super::prose::{self, Tongue};
use super::writers::Zipf;
use crate::random::Random;

/// Articles of the built-in dataset.
const ARTICLES: usize = 2_000;

/// Users of the built-in dataset who write nothing.
const READERS_ONLY: usize = 20;

/// Titles of the built-in dataset that two articles have.
const EQUAL_TITLES: usize = 10;

/// An article.
#[derive(Debug)]
pub(super) struct Post {
    /// The number of its author, from 1.
    pub(super) author: usize,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) body: String,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
}

/// The articles in the order of time. The last users write none.
pub(super) fn posts(scale: usize, users: usize) -> Vec<Post> {
    let mut random = Random::stream("conduit articles");
    let writers = users - READERS_ONLY * scale;
    let zipf = Zipf::of(writers);
    let mut slugs = HashSet::new();
    let mut titles = HashSet::new();
    let times = times(ARTICLES * scale);
    let mut posts: Vec<Post> = Vec::with_capacity(times.len());
    for (index, created_at) in times.into_iter().enumerate() {
        let tongue = if index % 20 == 19 {
            Tongue::Japanese
        } else {
            Tongue::English
        };
        // The last ones repeat titles of the first.
        let repeated = index.checked_sub((ARTICLES - EQUAL_TITLES) * scale);
        let title = match repeated.and_then(|repeated| posts.get(repeated)) {
            Some(post) => post.title.clone(),
            None => loop {
                let title = prose::title(&mut random, tongue);
                let title = spread(title, titles.len(), scale);
                if titles.insert(title.clone()) {
                    break title;
                }
            },
        };
        // Whoever writes at all has written once.
        let author = if index.is_multiple_of(10) && index / 10 < writers {
            index / 10 + 1
        } else {
            1 + zipf.draw(&mut random)
        };
        let edited = if random.chance(20) {
            random.between(1, 30 * DAY)
        } else {
            0
        };
        posts.push(Post {
            author,
            slug: prose::slug(&title, &mut slugs, &mut random),
            title,
            description: prose::description(&mut random, tongue),
            body: prose::body(&mut random, tongue),
            created_at,
            updated_at: created_at + edited,
        });
    }
    posts
}

/// There are some 200,000 different titles: larger blogs number theirs.
fn spread(title: String, number: usize, scale: usize) -> String {
    if scale == 1 {
        title
    } else {
        format!("{title} {}", number % (10 * scale))
    }
}

/// So many times in order, some of them equal.
fn times(count: usize) -> Vec<i64> {
    let mut random = Random::stream("conduit times");
    let mut times: Vec<_> = (0..count).map(|_| random.between(BEGINNING, END)).collect();
    times.sort_unstable();
    for index in (50..count).step_by(50) {
        times[index] = times[index - 1];
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_pairs_have_equal_titles_and_no_two_have_equal_slugs() {
        let posts = posts(1, 200);
        assert_eq!(posts.len(), 2_000);
        let titles: HashSet<_> = posts.iter().map(|post| &post.title).collect();
        let slugs: HashSet<_> = posts.iter().map(|post| &post.slug).collect();
        assert_eq!((titles.len(), slugs.len()), (1_990, 2_000));
        let authors: HashSet<_> = posts.iter().map(|post| post.author).collect();
        assert_eq!(authors.len(), 180, "20 write nothing");
        assert!(posts.is_sorted_by_key(|post| post.created_at));
        let equal = posts
            .windows(2)
            .filter(|two| two[0].created_at == two[1].created_at);
        assert!(equal.count() >= 39);
        let text: usize = posts.iter().map(|post| post.body.len()).sum();
        assert!((5_000_000..12_000_000).contains(&text), "{text}");
    }
}
