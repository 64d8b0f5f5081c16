//! The statements that walk a band of a learner's order: all sentences, those of one score, and those without one.
//!
//! Each has the same parameters: the learner, the score, the key to begin behind (a number and an id), the last
//! number, how many rows, and how many of them are left out. It must not know in which order bands are.

/// What a walk through a band does: rows from a key on or down from it, without the key itself; and blocks that
/// have some, with how many, from one on or down from one.
pub(super) struct BandWalk {
    pub(super) forward: &'static str,
    pub(super) backward: &'static str,
    pub(super) blocks_from: &'static str,
    pub(super) blocks_down: &'static str,
}

/// All sentences, with the learner's scores.
pub(super) const ALL: BandWalk = BandWalk {
    forward: "SELECT o.no, o.sentence_id, ifnull(p.score, 0) FROM sentence_order AS o \
         LEFT JOIN progress AS p ON p.user_id = ?1 AND p.sentence_id = o.sentence_id \
         WHERE (o.no, o.sentence_id) > (?3, ?4) AND o.no <= ?5 \
         ORDER BY o.no, o.sentence_id LIMIT ?6 OFFSET ?7",
    backward: "SELECT o.no, o.sentence_id, ifnull(p.score, 0) FROM sentence_order AS o \
         LEFT JOIN progress AS p ON p.user_id = ?1 AND p.sentence_id = o.sentence_id \
         WHERE (o.no, o.sentence_id) < (?3, ?4) AND o.no >= ?5 \
         ORDER BY o.no DESC, o.sentence_id DESC LIMIT ?6 OFFSET ?7",
    blocks_from: "SELECT block, sentences FROM sentence_block WHERE block >= ?3 ORDER BY block",
    blocks_down: "SELECT block, sentences FROM sentence_block WHERE block <= ?3 ORDER BY block DESC",
};

/// Those of one score, which is not 0.
pub(super) const OF_SCORE: BandWalk = BandWalk {
    forward: "SELECT no, sentence_id, score FROM progress \
         WHERE user_id = ?1 AND score = ?2 AND (no, sentence_id) > (?3, ?4) AND no <= ?5 \
         ORDER BY no, sentence_id LIMIT ?6 OFFSET ?7",
    backward: "SELECT no, sentence_id, score FROM progress \
         WHERE user_id = ?1 AND score = ?2 AND (no, sentence_id) < (?3, ?4) AND no >= ?5 \
         ORDER BY no DESC, sentence_id DESC LIMIT ?6 OFFSET ?7",
    blocks_from: "SELECT block, sentences FROM score_block \
         WHERE user_id = ?1 AND score = ?2 AND block >= ?3 ORDER BY block",
    blocks_down: "SELECT block, sentences FROM score_block \
         WHERE user_id = ?1 AND score = ?2 AND block <= ?3 ORDER BY block DESC",
};

/// Those that are in no other band: their score is 0.
pub(super) const WITHOUT_SCORE: BandWalk = BandWalk {
    forward: "SELECT o.no, o.sentence_id, 0 FROM sentence_order AS o \
         WHERE (o.no, o.sentence_id) > (?3, ?4) AND o.no <= ?5 \
           AND NOT EXISTS (SELECT 1 FROM progress AS p \
             WHERE p.user_id = ?1 AND p.sentence_id = o.sentence_id AND p.score <> 0) \
         ORDER BY o.no, o.sentence_id LIMIT ?6 OFFSET ?7",
    backward: "SELECT o.no, o.sentence_id, 0 FROM sentence_order AS o \
         WHERE (o.no, o.sentence_id) < (?3, ?4) AND o.no >= ?5 \
           AND NOT EXISTS (SELECT 1 FROM progress AS p \
             WHERE p.user_id = ?1 AND p.sentence_id = o.sentence_id AND p.score <> 0) \
         ORDER BY o.no DESC, o.sentence_id DESC LIMIT ?6 OFFSET ?7",
    blocks_from: "SELECT b.block, b.sentences - ifnull(s.sentences, 0) AS n \
         FROM sentence_block AS b LEFT JOIN scored_block AS s ON s.user_id = ?1 AND s.block = b.block \
         WHERE b.block >= ?3 AND n > 0 ORDER BY b.block",
    blocks_down: "SELECT b.block, b.sentences - ifnull(s.sentences, 0) AS n \
         FROM sentence_block AS b LEFT JOIN scored_block AS s ON s.user_id = ?1 AND s.block = b.block \
         WHERE b.block <= ?3 AND n > 0 ORDER BY b.block DESC",
};
