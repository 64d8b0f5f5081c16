-- What is summed, so that no page has to add gradings up: filled here once from the rows, after them, and
-- kept by triggers from then on.
--
-- The three orders of a learner are those of (no, id), and of the score before it. A sentence that was never
-- graded has the score 0 and no row of the learner: a new learner costs nothing, and neither does a new
-- sentence. So an order is walked as the scores above 0, those that are 0 (all sentences without a row in
-- which the score is another one), and those below. Counts by blocks of 256 numbers tell where the page N of
-- an order begins without a walk to it. A count that becomes 0 goes: a sentence that is graded again and again
-- has one score, and not all those that it had.

-- The original left gradings behind whose learner or sentence was gone; nobody is ever shown them.
DELETE FROM scores
WHERE user_id IS NULL OR user_id NOT IN (SELECT id FROM users)
   OR sentence_id IS NULL OR sentence_id NOT IN (SELECT id FROM sentences);
-- Digests of tokens are no good here, and secrets elsewhere.
UPDATE users SET reset_password_token = NULL, reset_password_sent_at = NULL, remember_created_at = NULL
WHERE reset_password_token IS NOT NULL OR reset_password_sent_at IS NOT NULL
   OR remember_created_at IS NOT NULL;
-- The original's seed stored the ends of its lines with the texts.
UPDATE sentences SET jp = rtrim(jp, char(13, 10)), en = rtrim(en, char(13, 10)),
                     voice_data = rtrim(voice_data, char(13, 10))
WHERE (jp, en, voice_data)
  IS NOT (rtrim(jp, char(13, 10)), rtrim(en, char(13, 10)), rtrim(voice_data, char(13, 10)));

-- All sentences in their order.
CREATE TABLE sentence_order (
  no          INTEGER NOT NULL,
  sentence_id INTEGER NOT NULL,
  PRIMARY KEY (no, sentence_id)
) STRICT, WITHOUT ROWID;

-- Sentences that are removed while gradings of them are left, which go in pieces. They are counted below until
-- the last of them is gone, and shown to nobody.
CREATE TABLE removed_sentence (
  id INTEGER PRIMARY KEY
) STRICT;

-- How many sentences a block of numbers has.
CREATE TABLE sentence_block (
  block     INTEGER PRIMARY KEY,
  sentences INTEGER NOT NULL
) STRICT;

-- One row: all sentences.
CREATE TABLE total (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  sentences INTEGER NOT NULL
) STRICT;

-- What a learner has reached with a sentence. `attempts` are gradings; the row with which the original's
-- seed made a sentence visible, a plain Score of 0, is none.
CREATE TABLE progress (
  user_id     INTEGER NOT NULL,
  sentence_id INTEGER NOT NULL,
  no          INTEGER NOT NULL,
  score       INTEGER NOT NULL,
  written     INTEGER NOT NULL,
  not_written INTEGER NOT NULL,
  gradings    INTEGER NOT NULL,
  attempts    INTEGER NOT NULL,
  PRIMARY KEY (user_id, sentence_id)
) STRICT, WITHOUT ROWID;

-- How many sentences of a block have which score, where it is not 0.
CREATE TABLE score_block (
  user_id   INTEGER NOT NULL,
  score     INTEGER NOT NULL,
  block     INTEGER NOT NULL,
  sentences INTEGER NOT NULL,
  PRIMARY KEY (user_id, score, block)
) STRICT, WITHOUT ROWID;

-- How many sentences have which score, where it is not 0.
CREATE TABLE score_count (
  user_id   INTEGER NOT NULL,
  score     INTEGER NOT NULL,
  sentences INTEGER NOT NULL,
  PRIMARY KEY (user_id, score)
) STRICT, WITHOUT ROWID;

-- How many sentences of a block have a score that is not 0.
CREATE TABLE scored_block (
  user_id   INTEGER NOT NULL,
  block     INTEGER NOT NULL,
  sentences INTEGER NOT NULL,
  PRIMARY KEY (user_id, block)
) STRICT, WITHOUT ROWID;

-- What the dashboard says of a learner.
CREATE TABLE user_total (
  user_id          INTEGER PRIMARY KEY,
  tried            INTEGER NOT NULL DEFAULT 0,
  written_good     INTEGER NOT NULL DEFAULT 0,
  not_written_good INTEGER NOT NULL DEFAULT 0,
  gradings         INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The gradings of a day, in UTC, for the chart of progress over time.
CREATE TABLE user_day (
  user_id  INTEGER NOT NULL,
  day      TEXT    NOT NULL,
  gradings INTEGER NOT NULL,
  passed   INTEGER NOT NULL,
  val      INTEGER NOT NULL,
  PRIMARY KEY (user_id, day)
) STRICT, WITHOUT ROWID;

-- How many gradings a learner has in which part of the list of them, so that its page N is found without a
-- walk to it. A block begins with the grading `first_id` and ends before the next one's; a new one begins when
-- the last has 1024. One grows further, or is without a part of its gradings, where they come or go later.
CREATE TABLE grading_block (
  user_id     INTEGER NOT NULL,
  first_id    INTEGER NOT NULL,
  gradings    INTEGER NOT NULL,
  written     INTEGER NOT NULL,
  not_written INTEGER NOT NULL,
  PRIMARY KEY (user_id, first_id)
) STRICT, WITHOUT ROWID;

INSERT INTO sentence_order SELECT ifnull(no, 0), id FROM sentences ORDER BY 1, 2;
INSERT INTO sentence_block SELECT no >> 8, count(*) FROM sentence_order GROUP BY 1 ORDER BY 1;
INSERT INTO total SELECT 1, count(*) FROM sentences;
INSERT INTO progress
SELECT user_id, sentence_id, ifnull(no, 0), total(val), total(val) FILTER (WHERE type = 'ScoreEngWritten'),
       total(val) FILTER (WHERE type = 'ScoreEngNotWritten'), count(*),
       count(*) FILTER (WHERE ifnull(type, 'Score') <> 'Score' OR val IS NOT 0)
FROM scores JOIN sentences ON sentences.id = sentence_id GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO score_block
SELECT user_id, score, no >> 8, count(*) FROM progress WHERE score <> 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
INSERT INTO score_count
SELECT user_id, score, count(*) FROM progress WHERE score <> 0 GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO scored_block
SELECT user_id, no >> 8, count(*) FROM progress WHERE score <> 0 GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO user_total (user_id) SELECT id FROM users ORDER BY id;
UPDATE user_total SET tried = t, written_good = w, not_written_good = n, gradings = g
FROM (SELECT user_id AS learner, count(*) FILTER (WHERE attempts > 0) AS t,
             count(*) FILTER (WHERE written > 0) AS w, count(*) FILTER (WHERE not_written > 0) AS n,
             sum(gradings) AS g
      FROM progress GROUP BY user_id)
WHERE learner = user_id;
INSERT INTO user_day
SELECT user_id, substr(created_at, 1, 10), count(*), count(*) FILTER (WHERE passed <> 0), total(val)
FROM scores WHERE ifnull(type, 'Score') <> 'Score' OR val IS NOT 0
GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO grading_block
SELECT user_id, min(id), count(*), count(*) FILTER (WHERE type = 'ScoreEngWritten'),
       count(*) FILTER (WHERE type = 'ScoreEngNotWritten')
FROM (SELECT user_id, id, type, row_number() OVER (PARTITION BY user_id ORDER BY id) - 1 AS place FROM scores)
GROUP BY user_id, place >> 10 ORDER BY 1, 2;

CREATE TRIGGER user_arrives AFTER INSERT ON users
BEGIN
  INSERT INTO user_total (user_id) VALUES (new.id);
END;

-- Sums go before the gradings do, so that these find nothing to subtract from.
CREATE TRIGGER user_goes BEFORE DELETE ON users
BEGIN
  DELETE FROM user_total WHERE user_id = old.id;
  DELETE FROM progress WHERE user_id = old.id;
  DELETE FROM score_block WHERE user_id = old.id;
  DELETE FROM score_count WHERE user_id = old.id;
  DELETE FROM scored_block WHERE user_id = old.id;
  DELETE FROM user_day WHERE user_id = old.id;
  DELETE FROM grading_block WHERE user_id = old.id;
END;

CREATE TRIGGER sentence_arrives AFTER INSERT ON sentences
BEGIN
  INSERT INTO sentence_order VALUES (ifnull(new.no, 0), new.id);
  INSERT INTO sentence_block VALUES (ifnull(new.no, 0) >> 8, 1)
  ON CONFLICT (block) DO UPDATE SET sentences = sentences + 1;
  UPDATE total SET sentences = sentences + 1;
END;

CREATE TRIGGER sentence_goes AFTER DELETE ON sentences
BEGIN
  DELETE FROM sentence_order WHERE no = ifnull(old.no, 0) AND sentence_id = old.id;
  UPDATE sentence_block SET sentences = sentences - 1 WHERE block = ifnull(old.no, 0) >> 8;
  DELETE FROM sentence_block WHERE block = ifnull(old.no, 0) >> 8 AND sentences = 0;
  UPDATE total SET sentences = sentences - 1;
  DELETE FROM removed_sentence WHERE id = old.id;
  DELETE FROM words
  WHERE sentence_no = old.no
    AND NOT EXISTS (SELECT 1 FROM sentences AS s WHERE s.no = old.no
                    AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = s.id));
END;

-- Words go with the last sentence of their number: they would be those of whichever comes next.
CREATE TRIGGER sentence_hides AFTER INSERT ON removed_sentence
BEGIN
  DELETE FROM words
  WHERE sentence_no = (SELECT no FROM sentences WHERE id = new.id)
    AND NOT EXISTS (SELECT 1 FROM sentences AS s WHERE s.no = words.sentence_no
                    AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = s.id));
END;

CREATE TRIGGER sentence_moves AFTER UPDATE OF no ON sentences WHEN new.no IS NOT old.no
BEGIN
  DELETE FROM sentence_order WHERE no = ifnull(old.no, 0) AND sentence_id = old.id;
  UPDATE sentence_block SET sentences = sentences - 1 WHERE block = ifnull(old.no, 0) >> 8;
  DELETE FROM sentence_block WHERE block = ifnull(old.no, 0) >> 8 AND sentences = 0;
  INSERT INTO sentence_order VALUES (ifnull(new.no, 0), new.id);
  INSERT INTO sentence_block VALUES (ifnull(new.no, 0) >> 8, 1)
  ON CONFLICT (block) DO UPDATE SET sentences = sentences + 1;
  UPDATE progress SET no = ifnull(new.no, 0) WHERE sentence_id = new.id;
  -- And they go along with it, where nobody else has them, nor others are.
  UPDATE words SET sentence_no = new.no
  WHERE sentence_no = old.no AND new.no IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM sentences WHERE no = old.no)
    AND NOT EXISTS (SELECT 1 FROM words AS w WHERE w.sentence_no = new.no);
END;

CREATE TRIGGER score_arrives AFTER INSERT ON scores
BEGIN
  INSERT INTO progress
  SELECT new.user_id, new.sentence_id, ifnull(no, 0), ifnull(new.val, 0),
         iif(new.type = 'ScoreEngWritten', ifnull(new.val, 0), 0),
         iif(new.type = 'ScoreEngNotWritten', ifnull(new.val, 0), 0), 1,
         ifnull(new.type, 'Score') <> 'Score' OR new.val IS NOT 0
  FROM sentences WHERE id = new.sentence_id
  ON CONFLICT (user_id, sentence_id) DO UPDATE
  SET score = score + excluded.score, written = written + excluded.written,
      not_written = not_written + excluded.not_written, gradings = gradings + 1,
      attempts = attempts + excluded.attempts;
  INSERT INTO user_day
  SELECT new.user_id, substr(new.created_at, 1, 10), 1, ifnull(new.passed <> 0, 0), ifnull(new.val, 0)
  WHERE ifnull(new.type, 'Score') <> 'Score' OR new.val IS NOT 0
  ON CONFLICT (user_id, day) DO UPDATE
  SET gradings = gradings + 1, passed = passed + excluded.passed, val = val + excluded.val;
  INSERT INTO grading_block
  SELECT new.user_id,
         ifnull((SELECT iif(gradings < 1024 OR EXISTS (SELECT 1 FROM scores
                            WHERE user_id = new.user_id AND id > new.id), first_id, new.id)
                 FROM grading_block WHERE user_id = new.user_id AND first_id <= new.id
                 ORDER BY first_id DESC LIMIT 1), new.id),
         1, ifnull(new.type = 'ScoreEngWritten', 0), ifnull(new.type = 'ScoreEngNotWritten', 0)
  WHERE true
  ON CONFLICT (user_id, first_id) DO UPDATE
  SET gradings = gradings + 1, written = written + excluded.written,
      not_written = not_written + excluded.not_written;
END;

-- What was graded, by whom and how does not change once it is there, and neither does what it counts; the
-- answer that was right can turn out wrong. A score that moves goes and comes.
CREATE TRIGGER score_goes AFTER DELETE ON scores
BEGIN
  UPDATE progress
  SET score = score - ifnull(old.val, 0),
      written = written - iif(old.type = 'ScoreEngWritten', ifnull(old.val, 0), 0),
      not_written = not_written - iif(old.type = 'ScoreEngNotWritten', ifnull(old.val, 0), 0),
      gradings = gradings - 1,
      attempts = attempts - (ifnull(old.type, 'Score') <> 'Score' OR old.val IS NOT 0)
  WHERE user_id = old.user_id AND sentence_id = old.sentence_id;
  DELETE FROM progress
  WHERE user_id = old.user_id AND sentence_id = old.sentence_id AND gradings = 0;
  UPDATE user_day
  SET gradings = gradings - 1, passed = passed - ifnull(old.passed <> 0, 0), val = val - ifnull(old.val, 0)
  WHERE user_id = old.user_id AND day = substr(old.created_at, 1, 10)
    AND (ifnull(old.type, 'Score') <> 'Score' OR old.val IS NOT 0);
  DELETE FROM user_day
  WHERE user_id = old.user_id AND day = substr(old.created_at, 1, 10) AND gradings = 0;
  UPDATE grading_block
  SET gradings = gradings - 1, written = written - ifnull(old.type = 'ScoreEngWritten', 0),
      not_written = not_written - ifnull(old.type = 'ScoreEngNotWritten', 0)
  WHERE user_id = old.user_id
    AND first_id = (SELECT first_id FROM grading_block WHERE user_id = old.user_id AND first_id <= old.id
                    ORDER BY first_id DESC LIMIT 1);
  DELETE FROM grading_block
  WHERE user_id = old.user_id AND gradings = 0
    AND first_id = (SELECT first_id FROM grading_block WHERE user_id = old.user_id AND first_id <= old.id
                    ORDER BY first_id DESC LIMIT 1);
END;

CREATE TRIGGER score_passes AFTER UPDATE OF passed ON scores
WHEN (new.passed <> 0) IS NOT (old.passed <> 0)
BEGIN
  UPDATE user_day SET passed = passed + ifnull(new.passed <> 0, 0) - ifnull(old.passed <> 0, 0)
  WHERE user_id = new.user_id AND day = substr(new.created_at, 1, 10)
    AND (ifnull(new.type, 'Score') <> 'Score' OR new.val IS NOT 0);
END;

CREATE TRIGGER score_moves AFTER UPDATE OF sentence_id ON scores WHEN new.sentence_id IS NOT old.sentence_id
BEGIN
  UPDATE progress
  SET score = score - ifnull(old.val, 0),
      written = written - iif(old.type = 'ScoreEngWritten', ifnull(old.val, 0), 0),
      not_written = not_written - iif(old.type = 'ScoreEngNotWritten', ifnull(old.val, 0), 0),
      gradings = gradings - 1,
      attempts = attempts - (ifnull(old.type, 'Score') <> 'Score' OR old.val IS NOT 0)
  WHERE user_id = old.user_id AND sentence_id = old.sentence_id;
  DELETE FROM progress
  WHERE user_id = old.user_id AND sentence_id = old.sentence_id AND gradings = 0;
  INSERT INTO progress
  SELECT new.user_id, new.sentence_id, ifnull(no, 0), ifnull(new.val, 0),
         iif(new.type = 'ScoreEngWritten', ifnull(new.val, 0), 0),
         iif(new.type = 'ScoreEngNotWritten', ifnull(new.val, 0), 0), 1,
         ifnull(new.type, 'Score') <> 'Score' OR new.val IS NOT 0
  FROM sentences WHERE id = new.sentence_id
  ON CONFLICT (user_id, sentence_id) DO UPDATE
  SET score = score + excluded.score, written = written + excluded.written,
      not_written = not_written + excluded.not_written, gradings = gradings + 1,
      attempts = attempts + excluded.attempts;
END;

CREATE TRIGGER progress_arrives AFTER INSERT ON progress
BEGIN
  UPDATE user_total
  SET tried = tried + (new.attempts > 0), written_good = written_good + (new.written > 0),
      not_written_good = not_written_good + (new.not_written > 0), gradings = gradings + new.gradings
  WHERE user_id = new.user_id;
END;

CREATE TRIGGER progress_changes AFTER UPDATE OF written, not_written, gradings, attempts ON progress
BEGIN
  UPDATE user_total
  SET tried = tried + (new.attempts > 0) - (old.attempts > 0),
      written_good = written_good + (new.written > 0) - (old.written > 0),
      not_written_good = not_written_good + (new.not_written > 0) - (old.not_written > 0),
      gradings = gradings + new.gradings - old.gradings
  WHERE user_id = new.user_id;
END;

CREATE TRIGGER progress_goes AFTER DELETE ON progress
BEGIN
  UPDATE user_total
  SET tried = tried - (old.attempts > 0), written_good = written_good - (old.written > 0),
      not_written_good = not_written_good - (old.not_written > 0), gradings = gradings - old.gradings
  WHERE user_id = old.user_id;
END;

-- A score that is not 0 comes, changes, goes.
CREATE TRIGGER scored_arrives AFTER INSERT ON progress WHEN new.score <> 0
BEGIN
  INSERT INTO score_block VALUES (new.user_id, new.score, new.no >> 8, 1)
  ON CONFLICT (user_id, score, block) DO UPDATE SET sentences = sentences + 1;
  INSERT INTO score_count VALUES (new.user_id, new.score, 1)
  ON CONFLICT (user_id, score) DO UPDATE SET sentences = sentences + 1;
  INSERT INTO scored_block VALUES (new.user_id, new.no >> 8, 1)
  ON CONFLICT (user_id, block) DO UPDATE SET sentences = sentences + 1;
END;

CREATE TRIGGER scored_ends AFTER UPDATE OF score, no ON progress
WHEN old.score <> 0 AND (new.score <> old.score OR new.no <> old.no)
BEGIN
  DELETE FROM score_block
  WHERE user_id = old.user_id AND score = old.score AND block = old.no >> 8 AND sentences = 1;
  UPDATE score_block SET sentences = sentences - 1
  WHERE user_id = old.user_id AND score = old.score AND block = old.no >> 8;
  DELETE FROM score_count WHERE user_id = old.user_id AND score = old.score AND sentences = 1;
  UPDATE score_count SET sentences = sentences - 1 WHERE user_id = old.user_id AND score = old.score;
END;

CREATE TRIGGER scored_begins AFTER UPDATE OF score, no ON progress
WHEN new.score <> 0 AND (new.score <> old.score OR new.no <> old.no)
BEGIN
  INSERT INTO score_block VALUES (new.user_id, new.score, new.no >> 8, 1)
  ON CONFLICT (user_id, score, block) DO UPDATE SET sentences = sentences + 1;
  INSERT INTO score_count VALUES (new.user_id, new.score, 1)
  ON CONFLICT (user_id, score) DO UPDATE SET sentences = sentences + 1;
END;

CREATE TRIGGER scored_leaves_block AFTER UPDATE OF score, no ON progress
WHEN old.score <> 0 AND (new.score = 0 OR new.no >> 8 <> old.no >> 8)
BEGIN
  DELETE FROM scored_block WHERE user_id = old.user_id AND block = old.no >> 8 AND sentences = 1;
  UPDATE scored_block SET sentences = sentences - 1 WHERE user_id = old.user_id AND block = old.no >> 8;
END;

CREATE TRIGGER scored_enters_block AFTER UPDATE OF score, no ON progress
WHEN new.score <> 0 AND (old.score = 0 OR new.no >> 8 <> old.no >> 8)
BEGIN
  INSERT INTO scored_block VALUES (new.user_id, new.no >> 8, 1)
  ON CONFLICT (user_id, block) DO UPDATE SET sentences = sentences + 1;
END;

CREATE TRIGGER scored_goes AFTER DELETE ON progress WHEN old.score <> 0
BEGIN
  DELETE FROM score_block
  WHERE user_id = old.user_id AND score = old.score AND block = old.no >> 8 AND sentences = 1;
  UPDATE score_block SET sentences = sentences - 1
  WHERE user_id = old.user_id AND score = old.score AND block = old.no >> 8;
  DELETE FROM score_count WHERE user_id = old.user_id AND score = old.score AND sentences = 1;
  UPDATE score_count SET sentences = sentences - 1 WHERE user_id = old.user_id AND score = old.score;
  DELETE FROM scored_block WHERE user_id = old.user_id AND block = old.no >> 8 AND sentences = 1;
  UPDATE scored_block SET sentences = sentences - 1 WHERE user_id = old.user_id AND block = old.no >> 8;
END;
