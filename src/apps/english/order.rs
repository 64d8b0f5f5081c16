//! The order in which a learner walks the sentences: pages of it, and what is before and after a sentence.
//!
//! An order is a row of bands, each in the order of numbers and then ids (schema/english/derived.sql): all
//! sentences, where scores do not count; else those of one score after another. The band of the score 0 is
//! what no other band has, so that a sentence nobody graded is in it without a row. Pages are found by counts
//! of blocks, neighbours by their keys, and neither costs more far from the beginning. It must not know how a
//! page looks.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::bands::{ALL, BandWalk, OF_SCORE, WITHOUT_SCORE};
use super::mode::WalkMode;

/// The block of numbers that a number is in, as in derived.sql.
const BLOCK_BITS: u32 = 8;

const TOTAL: &str = "SELECT sentences FROM total";
const SCORES: &str = "SELECT score, sentences FROM score_count WHERE user_id = ?1 ORDER BY score";
/// Those that are counted, and not shown any more. They come first in the plan: there are hardly ever any.
const REMOVED: &str = "SELECT ifnull(s.no, 0), s.id, \
        ifnull((SELECT score FROM progress WHERE user_id = ?1 AND sentence_id = r.id), 0) \
    FROM removed_sentence AS r CROSS JOIN sentences AS s ON s.id = r.id";
const SCORE: &str = "SELECT score FROM progress WHERE user_id = ?1 AND sentence_id = ?2";
const PLACE: &str = "SELECT ifnull(no, 0) FROM sentences WHERE id = ?1 \
    AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = ?1)";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 17] = [
    TOTAL,
    SCORES,
    REMOVED,
    SCORE,
    PLACE,
    ALL.forward,
    ALL.backward,
    ALL.blocks_from,
    ALL.blocks_down,
    OF_SCORE.forward,
    OF_SCORE.backward,
    OF_SCORE.blocks_from,
    OF_SCORE.blocks_down,
    WITHOUT_SCORE.forward,
    WITHOUT_SCORE.backward,
    WITHOUT_SCORE.blocks_from,
    WITHOUT_SCORE.blocks_down,
];

/// A sentence in an order, with the learner's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ranked {
    pub(super) no: i64,
    pub(super) id: i64,
    pub(super) score: i64,
}

/// What is beside a sentence. The order is a ring: the last one is before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Neighbours {
    pub(super) previous: i64,
    pub(super) next: i64,
}

/// A learner's order in one state of the data.
pub(super) struct Order<'c> {
    connection: &'c Connection,
    user: i64,
    bands: Vec<Band>,
    /// Sentences that the file still counts; nearly always none.
    removed: Vec<Ranked>,
    /// All sentences.
    pub(super) sentences: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Band {
    kind: BandKind,
    sentences: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BandKind {
    All,
    /// Those of one score. Of 0, all that are in no other band.
    Score(i64),
}

impl BandKind {
    /// How a band is walked, and its score.
    fn walk(self) -> (&'static BandWalk, i64) {
        match self {
            Self::All => (&ALL, 0),
            Self::Score(0) => (&WITHOUT_SCORE, 0),
            Self::Score(score) => (&OF_SCORE, score),
        }
    }

    fn holds(self, sentence: &Ranked) -> bool {
        match self {
            Self::All => true,
            Self::Score(score) => sentence.score == score,
        }
    }
}

/// A place in a band: number and id.
type Key = (i64, i64);

const FIRST: Key = (i64::MIN, i64::MIN);
const LAST: Key = (i64::MAX, i64::MAX);

impl<'c> Order<'c> {
    /// The order of `user` in `mode`.
    pub(super) fn of(
        connection: &'c Connection,
        user: i64,
        mode: WalkMode,
    ) -> rusqlite::Result<Self> {
        let counted: i64 = connection
            .prepare_cached(TOTAL)?
            .query_row([], |row| row.get(0))?;
        let mut select = connection.prepare_cached(REMOVED)?;
        let removed = select.query_map([user], ranked)?;
        let removed = removed.collect::<rusqlite::Result<Vec<_>>>()?;
        let sentences = counted - rows(&removed);
        let bands = match mode {
            WalkMode::Normal => vec![Band {
                kind: BandKind::All,
                sentences,
            }],
            WalkMode::Top | WalkMode::Worst => {
                let mut bands = by_score(connection, user, sentences, &removed)?;
                if mode == WalkMode::Top {
                    bands.reverse();
                }
                bands
            }
        };
        Ok(Self {
            connection,
            user,
            bands,
            removed,
            sentences,
        })
    }

    /// `limit` sentences from the place `offset` on.
    pub(super) fn page(&self, offset: i64, limit: i64) -> rusqlite::Result<Vec<Ranked>> {
        let (mut skip, mut found) = (offset.max(0), Vec::new());
        for band in &self.bands {
            let wanted = limit - rows(&found);
            if wanted <= 0 {
                break;
            }
            if skip >= band.sentences {
                skip -= band.sentences;
                continue;
            }
            self.slice(band.kind, skip, wanted, &mut found)?;
            skip = 0;
        }
        Ok(found)
    }

    /// What is beside the sentence `id`, or nothing if there is none with this id.
    pub(super) fn neighbours(&self, id: i64) -> rusqlite::Result<Option<Neighbours>> {
        let mut place = self.connection.prepare_cached(PLACE)?;
        let Some(no) = place.query_row([id], |row| row.get(0)).optional()? else {
            return Ok(None);
        };
        let kind = match self.bands.first().map(|band| band.kind) {
            None | Some(BandKind::All) => BandKind::All,
            Some(BandKind::Score(_)) => BandKind::Score(self.score(id)?),
        };
        let Some(own) = self.bands.iter().position(|band| band.kind == kind) else {
            return Ok(None);
        };
        let (before, rest) = self.bands.split_at(own);
        let after = rest.get(1..).unwrap_or_default();
        let next = match self.after(kind, (no, id))? {
            Some(next) => Some(next),
            None => self.first(after.iter().chain(before).chain([&rest[0]]))?,
        };
        let previous = match self.before(kind, (no, id))? {
            Some(previous) => Some(previous),
            None => {
                let bands = before.iter().rev().chain(after.iter().rev());
                self.last(bands.chain([&rest[0]]))?
            }
        };
        Ok(next.zip(previous).map(|(next, previous)| Neighbours {
            previous: previous.id,
            next: next.id,
        }))
    }

    /// The learner's score of a sentence.
    pub(super) fn score(&self, id: i64) -> rusqlite::Result<i64> {
        score(self.connection, self.user, id)
    }

    fn first<'b>(
        &self,
        mut bands: impl Iterator<Item = &'b Band>,
    ) -> rusqlite::Result<Option<Ranked>> {
        let found = bands.find_map(|band| self.after(band.kind, FIRST).transpose());
        found.transpose()
    }

    fn last<'b>(
        &self,
        mut bands: impl Iterator<Item = &'b Band>,
    ) -> rusqlite::Result<Option<Ranked>> {
        let found = bands.find_map(|band| self.before(band.kind, LAST).transpose());
        found.transpose()
    }

    /// The first sentence of a band behind `key`: in its own block, or at the begin of the next one that has
    /// some, so that not all in between are looked at.
    fn after(&self, kind: BandKind, key: Key) -> rusqlite::Result<Option<Ranked>> {
        let mut found = Vec::new();
        if key != FIRST {
            self.walk(kind, (key, block_end(key.0)), (1, 0), true, &mut found)?;
        }
        let next = if key == FIRST {
            i64::MIN
        } else {
            (key.0 >> BLOCK_BITS) + 1
        };
        let mut next = Some(next);
        while found.is_empty()
            && let Some(from) = next
            && let Some(block) = self.block(kind, from, true)?
        {
            let begin = (block << BLOCK_BITS, i64::MIN);
            self.walk(kind, (begin, block_end(begin.0)), (1, 0), true, &mut found)?;
            next = block.checked_add(1);
        }
        Ok(found.first().copied())
    }

    /// The same downwards.
    fn before(&self, kind: BandKind, key: Key) -> rusqlite::Result<Option<Ranked>> {
        let mut found = Vec::new();
        if key != LAST {
            self.walk(kind, (key, block_begin(key.0)), (1, 0), false, &mut found)?;
        }
        let previous = if key == LAST {
            i64::MAX
        } else {
            (key.0 >> BLOCK_BITS) - 1
        };
        let mut previous = Some(previous);
        while found.is_empty()
            && let Some(from) = previous
            && let Some(block) = self.block(kind, from, false)?
        {
            let begin = block << BLOCK_BITS;
            let end = (block_end(begin), i64::MAX);
            self.walk(kind, (end, begin), (1, 0), false, &mut found)?;
            previous = block.checked_sub(1);
        }
        Ok(found.first().copied())
    }

    /// The first block of a band that has sentences, from `block` on or down from it.
    fn block(&self, kind: BandKind, block: i64, is_forward: bool) -> rusqlite::Result<Option<i64>> {
        let (walk, score) = kind.walk();
        let sql = if is_forward {
            walk.blocks_from
        } else {
            walk.blocks_down
        };
        let mut select = self.connection.prepare_cached(sql)?;
        let found = select.query_row(params![self.user, score, block], |row| row.get(0));
        found.optional()
    }

    /// Adds `limit` sentences of a band from its place `skip` on. Blocks are read only as far as that.
    fn slice(
        &self,
        kind: BandKind,
        mut skip: i64,
        limit: i64,
        found: &mut Vec<Ranked>,
    ) -> rusqlite::Result<()> {
        let wanted = rows(found) + limit;
        let (walk, score) = kind.walk();
        let mut select = self.connection.prepare_cached(walk.blocks_from)?;
        let mut blocks = select.query(params![self.user, score, i64::MIN])?;
        while rows(found) < wanted
            && let Some(row) = blocks.next()?
        {
            let (block, counted): (i64, i64) = (row.get(0)?, row.get(1)?);
            let is_here = |gone: &&Ranked| gone.no >> BLOCK_BITS == block && kind.holds(gone);
            let removed = self.removed.iter().filter(is_here).count();
            let sentences = counted - i64::try_from(removed).unwrap_or(i64::MAX);
            if skip >= sentences {
                skip -= sentences;
                continue;
            }
            let begin = (block << BLOCK_BITS, i64::MIN);
            let range = (begin, block_end(begin.0));
            self.walk(kind, range, (wanted - rows(found), skip), true, found)?;
            skip = 0;
        }
        Ok(())
    }

    /// Adds `limit` sentences of a band beyond a key and up to a number, the first `skip` left out.
    fn walk(
        &self,
        kind: BandKind,
        (key, end): (Key, i64),
        (limit, skip): (i64, i64),
        is_forward: bool,
        found: &mut Vec<Ranked>,
    ) -> rusqlite::Result<()> {
        let (walk, score) = kind.walk();
        let sql = if is_forward {
            walk.forward
        } else {
            walk.backward
        };
        let mut select = self.connection.prepare_cached(sql)?;
        // Where some are passed over, the places of the others are not those of the statement.
        let (most, from) = match self.removed.is_empty() {
            true => (limit, skip),
            false => (-1, 0),
        };
        let values = params![self.user, score, key.0, key.1, end, most, from];
        let (mut limit, mut skip) = (limit, skip - from);
        let mut sentences = select.query_map(values, ranked)?;
        while limit > 0
            && let Some(sentence) = sentences.next().transpose()?
        {
            if self.removed.iter().any(|gone| gone.id == sentence.id) {
                continue;
            }
            if skip > 0 {
                skip -= 1;
            } else {
                limit -= 1;
                found.push(sentence);
            }
        }
        Ok(())
    }
}

/// A learner's score of a sentence: 0 for one that was never graded.
pub(super) fn score(connection: &Connection, user: i64, sentence: i64) -> rusqlite::Result<i64> {
    let mut select = connection.prepare_cached(SCORE)?;
    let score = select.query_row([user, sentence], |row| row.get(0));
    Ok(score.optional()?.unwrap_or(0))
}

/// The bands by rising score, that of 0 among them.
fn by_score(
    connection: &Connection,
    user: i64,
    sentences: i64,
    removed: &[Ranked],
) -> rusqlite::Result<Vec<Band>> {
    let mut bands = Vec::new();
    let mut scored = 0;
    let mut select = connection.prepare_cached(SCORES)?;
    let mut rows = select.query([user])?;
    while let Some(row) = rows.next()? {
        let (kind, counted): (_, i64) = (BandKind::Score(row.get(0)?), row.get(1)?);
        let gone = removed.iter().filter(|gone| kind.holds(gone)).count();
        let sentences = counted - i64::try_from(gone).unwrap_or(i64::MAX);
        if sentences > 0 {
            scored += sentences;
            bands.push(Band { kind, sentences });
        }
    }
    let below = |band: &Band| matches!(band.kind, BandKind::Score(score) if score < 0);
    let place = bands.partition_point(below);
    if sentences > scored {
        let zero = Band {
            kind: BandKind::Score(0),
            sentences: sentences - scored,
        };
        bands.insert(place, zero);
    }
    Ok(bands)
}

fn ranked(row: &Row<'_>) -> rusqlite::Result<Ranked> {
    Ok(Ranked {
        no: row.get(0)?,
        id: row.get(1)?,
        score: row.get(2)?,
    })
}

/// The first number of the block of `no`.
fn block_begin(no: i64) -> i64 {
    (no >> BLOCK_BITS) << BLOCK_BITS
}

/// The last number of the block of `no`.
fn block_end(no: i64) -> i64 {
    block_begin(no) + ((1 << BLOCK_BITS) - 1)
}

fn rows(found: &[Ranked]) -> i64 {
    i64::try_from(found.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences with numbers close together, far apart, below 0, missing and twice, and gradings of two
    /// learners, from a small generator.
    fn file() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        for script in ["tables", "derived", "indexes"] {
            let path = format!("{}/schema/english/{script}.sql", env!("CARGO_MANIFEST_DIR"));
            let sql = std::fs::read_to_string(path).unwrap();
            connection.execute_batch(&sql).unwrap();
        }
        let mut state = 7u64;
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            i64::try_from((state >> 33) % below).unwrap()
        };
        const TIME: &str = "2026-01-01 00:00:00.000000";
        for user in 1..=2 {
            let user = (user, format!("u{user}@example.com"), TIME);
            let sql =
                "INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)";
            connection.execute(sql, user).unwrap();
        }
        for _ in 0..300 {
            let no = Some(draw(2_000) - 500).filter(|no| no % 13 != 0);
            let no = no.map(|no| if no % 3 == 0 { no / 8 } else { no });
            let sql = "INSERT INTO sentences (no, created_at, updated_at) VALUES (?1, ?2, ?2)";
            connection.execute(sql, (no, TIME)).unwrap();
        }
        for _ in 0..400 {
            let (sentence, user) = (1 + draw(200), 1 + draw(2));
            let val = [2, -2, 1, -1, 0][usize::try_from(draw(5)).unwrap()];
            let sql = "INSERT INTO scores (val, sentence_id, user_id, type, created_at, updated_at) \
                VALUES (?1, ?2, ?3, 'ScoreEngWritten', ?4, ?4)";
            connection
                .execute(sql, (val, sentence, user, TIME))
                .unwrap();
        }
        connection
    }

    /// The same order by the words of the contract.
    fn plain(connection: &Connection, user: i64, mode: WalkMode) -> Vec<Ranked> {
        let sql = "SELECT ifnull(no, 0), id, (SELECT CAST(total(val) AS INTEGER) FROM scores \
            WHERE user_id = ?1 AND sentence_id = sentences.id) FROM sentences";
        let mut select = connection.prepare(sql).unwrap();
        let of_row = |row: &Row<'_>| {
            Ok(Ranked {
                no: row.get(0)?,
                id: row.get(1)?,
                score: row.get(2)?,
            })
        };
        let mut all: Vec<_> = select
            .query_map([user], of_row)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        all.sort_by_key(|ranked| {
            let score = match mode {
                WalkMode::Normal => 0,
                WalkMode::Top => -ranked.score,
                WalkMode::Worst => ranked.score,
            };
            (score, ranked.no, ranked.id)
        });
        all
    }

    #[test]
    fn pages_and_neighbours_are_those_of_the_plain_order() {
        let connection = file();
        for (user, mode) in [1, 2, 3].into_iter().flat_map(|user| {
            [WalkMode::Normal, WalkMode::Top, WalkMode::Worst].map(|mode| (user, mode))
        }) {
            let order = Order::of(&connection, user, mode).unwrap();
            let plain = plain(&connection, user, mode);
            assert_eq!(order.sentences, 300);
            for offset in (0..320).step_by(3) {
                let from = plain.iter().skip(offset).take(5);
                let expected: Vec<_> = from.copied().collect();
                let page = order.page(i64::try_from(offset).unwrap(), 5).unwrap();
                assert_eq!(page, expected, "user {user}, {mode:?}, {offset}");
            }
            for (place, ranked) in plain.iter().enumerate() {
                let expected = Neighbours {
                    previous: plain[(place + 299) % 300].id,
                    next: plain[(place + 1) % 300].id,
                };
                let found = order.neighbours(ranked.id).unwrap();
                assert_eq!(found, Some(expected), "user {user}, {mode:?}, {place}");
            }
            assert_eq!(order.neighbours(999).unwrap(), None);
        }
    }

    /// A sentence that is removed while gradings of it are left is in no order, nor counted.
    #[test]
    fn removed_sentences_are_passed_over() {
        let connection = file();
        // Some that were graded and some that were not; all of a block, and a few here and there.
        let hide = "INSERT INTO removed_sentence SELECT id FROM sentences \
            WHERE id % 29 = 1 OR no >> 8 = 2 OR no IS NULL";
        connection.execute(hide, []).unwrap();
        let is_left = |id: i64| {
            let sql = "SELECT 1 FROM removed_sentence WHERE id = ?1";
            !connection
                .prepare_cached(sql)
                .unwrap()
                .exists([id])
                .unwrap()
        };
        for (user, mode) in [1, 2, 3].into_iter().flat_map(|user| {
            [WalkMode::Normal, WalkMode::Top, WalkMode::Worst].map(|mode| (user, mode))
        }) {
            let order = Order::of(&connection, user, mode).unwrap();
            let mut plain = plain(&connection, user, mode);
            plain.retain(|ranked| is_left(ranked.id));
            let all = plain.len();
            assert!(all < 290 && order.sentences == i64::try_from(all).unwrap());
            for offset in 0..=all {
                let expected: Vec<_> = plain.iter().skip(offset).take(5).copied().collect();
                let page = order.page(i64::try_from(offset).unwrap(), 5).unwrap();
                assert_eq!(page, expected, "user {user}, {mode:?}, {offset}");
            }
            for (place, ranked) in plain.iter().enumerate() {
                let expected = Neighbours {
                    previous: plain[(place + all - 1) % all].id,
                    next: plain[(place + 1) % all].id,
                };
                let found = order.neighbours(ranked.id).unwrap();
                assert_eq!(found, Some(expected), "user {user}, {mode:?}, {place}");
            }
            assert_eq!(order.neighbours(1).unwrap(), None);
        }
    }

    #[test]
    fn one_sentence_is_beside_itself_and_none_is_no_order() {
        let connection = file();
        connection.execute("DELETE FROM sentences", []).unwrap();
        for mode in [WalkMode::Normal, WalkMode::Top, WalkMode::Worst] {
            let order = Order::of(&connection, 1, mode).unwrap();
            assert!(order.page(0, 5).unwrap().is_empty());
            assert_eq!(order.neighbours(1).unwrap(), None);
        }
        let sql = "INSERT INTO sentences (id, no, created_at, updated_at) \
            VALUES (9, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')";
        connection.execute(sql, []).unwrap();
        let order = Order::of(&connection, 1, WalkMode::Top).unwrap();
        let beside = Neighbours {
            previous: 9,
            next: 9,
        };
        assert_eq!(order.neighbours(9).unwrap(), Some(beside));
    }
}
