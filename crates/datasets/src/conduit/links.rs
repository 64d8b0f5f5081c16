//! How users and articles hang together: tags, comments, favorites, follows.

use std::collections::HashSet;

use super::articles::Post;
use super::calendar::DAY;
use super::prose;
use super::words::TAGS;
use super::writers::Zipf;
use crate::random::Random;

/// Links of each kind in the built-in dataset.
const TAG_LINKS: usize = 6_000;
const COMMENTS: usize = 8_000;
const FOLLOWS: usize = 5_000;
const FAVORITES: usize = 15_000;

/// Articles that are never tagged, one in so many. Chance leaves others without a tag.
const UNTAGGED: usize = 67;

/// The last tags are used once.
const RARE_TAGS: usize = 20;

const MOST_TAGS: usize = 12;
const MOST_COMMENTS: usize = 120;
const MOST_FAVORITES: usize = 180;

/// The first users to follow nobody, one in so many.
const FOLLOWS_NOBODY: usize = 20;

/// Users who follow many, by their number: so many, as far as there are others.
const WIDE_READERS: [(usize, usize); 2] = [(11, 500), (12, 50)];

/// All of them; users and articles by their numbers, from 1.
pub(super) struct Links {
    /// Article and tag.
    pub(super) tags: Vec<(usize, &'static str)>,
    pub(super) comments: Vec<Remark>,
    /// User and article.
    pub(super) favorites: Vec<(usize, usize)>,
    /// Who follows, and whom.
    pub(super) follows: Vec<(usize, usize)>,
}

/// A comment.
pub(super) struct Remark {
    pub(super) article: usize,
    pub(super) author: usize,
    pub(super) body: String,
    pub(super) created_at: i64,
}

impl Links {
    pub(super) fn between(posts: &[Post], users: usize, scale: usize) -> Self {
        Self {
            tags: tags(posts.len(), TAG_LINKS * scale),
            comments: comments(posts, users, COMMENTS * scale),
            favorites: favorites(posts.len(), users, FAVORITES * scale),
            follows: follows(users, FOLLOWS * scale),
        }
    }
}

fn tags(articles: usize, count: usize) -> Vec<(usize, &'static str)> {
    let mut random = Random::stream("conduit tags");
    let often = &TAGS[..TAGS.len() - RARE_TAGS];
    let zipf = Zipf::of(often.len());
    let mut links = Tally::new(articles, MOST_TAGS);
    let mut found = Vec::with_capacity(count);
    let draw = |random: &mut Random| loop {
        let article = 1 + random.index(articles);
        if !article.is_multiple_of(UNTAGGED) {
            break article;
        }
    };
    let mut rare = (often.len()..TAGS.len()).collect::<Vec<_>>();
    while found.len() < count {
        let tag = rare.last().copied();
        let tag = tag.unwrap_or_else(|| zipf.draw(&mut random));
        let article = draw(&mut random);
        if links.add(article, tag) {
            rare.pop();
            found.push((article, TAGS[tag]));
        }
    }
    found.sort_unstable();
    found
}

fn comments(posts: &[Post], users: usize, count: usize) -> Vec<Remark> {
    let mut random = Random::stream("conduit comments");
    let by_fame = by_fame(posts.len(), "conduit comments by fame");
    let zipf = Zipf::of(posts.len());
    let mut tally = vec![0; posts.len()];
    let mut found = Vec::with_capacity(count);
    while found.len() < count {
        let article = by_fame[zipf.draw(&mut random)];
        if tally[article - 1] < MOST_COMMENTS {
            tally[article - 1] += 1;
            found.push(Remark {
                article,
                author: 1 + random.index(users),
                body: prose::remark(&mut random),
                created_at: posts[article - 1].created_at + random.between(60_000, 90 * DAY),
            });
        }
    }
    found.sort_by_key(|comment| comment.created_at);
    found
}

fn favorites(articles: usize, users: usize, count: usize) -> Vec<(usize, usize)> {
    let mut random = Random::stream("conduit favorites");
    let by_fame = by_fame(articles, "conduit favorites by fame");
    let zipf = Zipf::of(articles);
    let mut tally = Tally::new(articles, MOST_FAVORITES);
    let mut found = Vec::with_capacity(count);
    while found.len() < count {
        let (article, user) = (by_fame[zipf.draw(&mut random)], 1 + random.index(users));
        if tally.add(article, user) {
            found.push((user, article));
        }
    }
    found.sort_unstable();
    found
}

fn follows(users: usize, count: usize) -> Vec<(usize, usize)> {
    let mut random = Random::stream("conduit follows");
    let zipf = Zipf::of(users);
    let mut tally = Tally::new(users, usize::MAX);
    let mut found = Vec::with_capacity(count);
    for (reader, followed) in WIDE_READERS {
        let others = (1..=users).filter(|other| *other != reader);
        for other in others.take(followed) {
            tally.add(reader, other);
            found.push((reader, other));
        }
    }
    let is_wide = |reader| WIDE_READERS.iter().any(|(wide, _)| *wide == reader);
    while found.len() < count {
        let (reader, followed) = (1 + random.index(users), 1 + zipf.draw(&mut random));
        let is_nobodys = reader.is_multiple_of(FOLLOWS_NOBODY);
        if !is_nobodys && !is_wide(reader) && reader != followed && tally.add(reader, followed) {
            found.push((reader, followed));
        }
    }
    found.sort_unstable();
    found
}

/// The numbers of all articles in an order of their own: the best known first.
fn by_fame(articles: usize, stream: &str) -> Vec<usize> {
    let mut order: Vec<_> = (1..=articles).collect();
    Random::stream(stream).shuffle(&mut order);
    order
}

/// Links that are there already, and how many each number has.
struct Tally {
    seen: HashSet<(usize, usize)>,
    counts: Vec<usize>,
    most: usize,
}

impl Tally {
    fn new(numbers: usize, most: usize) -> Self {
        Self {
            seen: HashSet::new(),
            counts: vec![0; numbers],
            most,
        }
    }

    /// Whether there was room for the link, and there was none like it.
    fn add(&mut self, number: usize, other: usize) -> bool {
        let is_new = self.counts[number - 1] < self.most && self.seen.insert((number, other));
        self.counts[number - 1] += usize::from(is_new);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn counts<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
        let mut counts = BTreeMap::new();
        for item in items {
            *counts.entry(item).or_default() += 1;
        }
        counts
    }

    #[test]
    fn every_tag_is_used_and_some_once() {
        let tags = tags(2_000, TAG_LINKS);
        let uses = counts(tags.iter().map(|(_, tag)| tag));
        assert_eq!((tags.len(), uses.len()), (6_000, 150));
        assert!(uses.values().filter(|uses| **uses == 1).count() >= RARE_TAGS);
        let articles: HashSet<_> = tags.iter().map(|(article, _)| *article).collect();
        // As its README says.
        assert_eq!(2_000 - articles.len(), 112);
    }

    #[test]
    fn nobody_follows_themselves_and_ten_follow_nobody() {
        let follows = follows(200, FOLLOWS);
        assert_eq!(follows.len(), 5_000);
        assert!(follows.iter().all(|(reader, followed)| reader != followed));
        let readers: HashSet<_> = follows.iter().map(|(reader, _)| reader).collect();
        assert_eq!(readers.len(), 190);
        assert_eq!(follows.iter().collect::<HashSet<_>>().len(), 5_000);
    }

    #[test]
    fn favorites_stay_below_their_bound() {
        let favorites = favorites(2_000, 200, FAVORITES);
        let uses = counts(favorites.iter().map(|(_, article)| article));
        let most = uses.values().copied().max().unwrap();
        assert!((100..=MOST_FAVORITES).contains(&most), "{most}");
    }
}
