-- The covering indexes of english, created after the rows: each list is in the order of one of them. The
-- test that reads query plans is in src/apps/english/plans.rs.

-- A learner's sentences of one score, in the order of their numbers.
CREATE INDEX progress_by_score ON progress (user_id, score, no, sentence_id);
-- So that a sentence that moves or goes finds who has it.
CREATE INDEX progress_by_sentence ON progress (sentence_id);
-- A learner's gradings, oldest first, all of them or those of one kind.
CREATE INDEX score_by_user ON scores (user_id, id);
CREATE INDEX score_by_kind ON scores (user_id, type, id);
CREATE INDEX score_by_sentence ON scores (sentence_id);
CREATE INDEX word_by_number ON words (sentence_no, id);
-- The search by a number.
CREATE INDEX sentence_by_number ON sentences (no);
