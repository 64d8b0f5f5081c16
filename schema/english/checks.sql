-- What must hold in an english file, baked or written by a primary. Each row that a statement returns is a
-- complaint, and a bake with a complaint fails. No sentences and no users are none.

SELECT format('score %d: there is no user %s', id, ifnull(user_id, 'without a number'))
FROM scores WHERE user_id IS NULL OR user_id NOT IN (SELECT id FROM users) LIMIT 10;
SELECT format('score %d: there is no sentence %s', id, ifnull(sentence_id, 'without a number'))
FROM scores WHERE sentence_id IS NULL OR sentence_id NOT IN (SELECT id FROM sentences) LIMIT 10;

-- The sums are those of the rows. Each row of what they must be is looked up by its key, and there are no
-- others: a join in both directions would compare each with each, since SQLite makes no index of its own for
-- tables without a rowid.
SELECT format('sentence %d: its place in the order is another one', id)
FROM sentences AS s
WHERE NOT EXISTS (SELECT 1 FROM sentence_order WHERE no = ifnull(s.no, 0) AND sentence_id = s.id) LIMIT 10;
SELECT format('block %d: the sentences are not those of the rows', r.block)
FROM (SELECT no >> 8 AS block, count(*) AS n FROM sentence_order GROUP BY 1) AS r
LEFT JOIN sentence_block AS b ON b.block = r.block
WHERE b.sentences IS NOT r.n LIMIT 10;
SELECT 'there are blocks without sentences'
WHERE (SELECT count(*) FROM sentence_block)
  <> (SELECT count(*) FROM (SELECT 1 FROM sentence_order GROUP BY no >> 8));
SELECT 'the number of all sentences is not that of the rows'
WHERE (SELECT sentences FROM total) IS NOT (SELECT count(*) FROM sentences)
   OR (SELECT count(*) FROM sentence_order) IS NOT (SELECT count(*) FROM sentences);
SELECT format('user %d, sentence %d: the sums are not those of the rows', r.user_id, r.sentence_id)
FROM (SELECT user_id, sentence_id, ifnull(no, 0) AS no, total(val) AS score,
             total(val) FILTER (WHERE type = 'ScoreEngWritten') AS written,
             total(val) FILTER (WHERE type = 'ScoreEngNotWritten') AS not_written,
             count(*) AS gradings,
             count(*) FILTER (WHERE ifnull(type, 'Score') <> 'Score' OR val IS NOT 0) AS attempts
      FROM scores JOIN sentences ON sentences.id = sentence_id GROUP BY 1, 2) AS r
LEFT JOIN progress AS p ON p.user_id = r.user_id AND p.sentence_id = r.sentence_id
WHERE (p.no, p.score, p.written, p.not_written, p.gradings, p.attempts)
  IS NOT (r.no, r.score, r.written, r.not_written, r.gradings, r.attempts) LIMIT 10;
SELECT 'there is progress without gradings'
WHERE (SELECT count(*) FROM progress)
  <> (SELECT count(*) FROM (SELECT 1 FROM scores GROUP BY user_id, sentence_id));
SELECT format('user %d, score %d, block %d: the sentences are not those of the rows',
              r.user_id, r.score, r.block)
FROM (SELECT user_id, score, no >> 8 AS block, count(*) AS n FROM progress WHERE score <> 0
      GROUP BY 1, 2, 3) AS r
LEFT JOIN score_block AS b ON b.user_id = r.user_id AND b.score = r.score AND b.block = r.block
WHERE b.sentences IS NOT r.n LIMIT 10;
SELECT 'there are sentences in blocks of scores that no learner has'
WHERE (SELECT total(sentences) FROM score_block) <> (SELECT count(*) FROM progress WHERE score <> 0);
SELECT format('user %d, score %d: the number of sentences is not that of the rows', r.user_id, r.score)
FROM (SELECT user_id, score, count(*) AS n FROM progress WHERE score <> 0 GROUP BY 1, 2) AS r
LEFT JOIN score_count AS c ON c.user_id = r.user_id AND c.score = r.score
WHERE c.sentences IS NOT r.n LIMIT 10;
SELECT 'there are sentences with scores that no learner has'
WHERE (SELECT total(sentences) FROM score_count) <> (SELECT count(*) FROM progress WHERE score <> 0);
SELECT format('user %d, block %d: the scored sentences are not those of the rows', r.user_id, r.block)
FROM (SELECT user_id, no >> 8 AS block, count(*) AS n FROM progress WHERE score <> 0 GROUP BY 1, 2) AS r
LEFT JOIN scored_block AS b ON b.user_id = r.user_id AND b.block = r.block
WHERE b.sentences IS NOT r.n LIMIT 10;
SELECT 'there are scored sentences that no learner has'
WHERE (SELECT total(sentences) FROM scored_block) <> (SELECT count(*) FROM progress WHERE score <> 0);
SELECT 'there are removed sentences that are none'
WHERE EXISTS (SELECT 1 FROM removed_sentence WHERE id NOT IN (SELECT id FROM sentences));
SELECT 'there are counts of nothing'
WHERE EXISTS (SELECT 1 FROM score_block WHERE sentences < 1)
   OR EXISTS (SELECT 1 FROM score_count WHERE sentences < 1)
   OR EXISTS (SELECT 1 FROM scored_block WHERE sentences < 1)
   OR EXISTS (SELECT 1 FROM grading_block WHERE gradings < 1);
SELECT format('user %d, gradings from %d on: their numbers are not those of the rows', b.user_id, b.first_id)
FROM (SELECT *, lead(first_id, 1, 9223372036854775807) OVER (PARTITION BY user_id ORDER BY first_id) AS end_id
      FROM grading_block) AS b
WHERE (gradings, written, not_written)
  IS NOT (SELECT count(*), count(*) FILTER (WHERE type = 'ScoreEngWritten'),
                 count(*) FILTER (WHERE type = 'ScoreEngNotWritten')
          FROM scores WHERE scores.user_id = b.user_id AND scores.id >= b.first_id AND scores.id < b.end_id)
LIMIT 10;
SELECT 'there are gradings outside of all blocks'
WHERE (SELECT total(gradings) FROM grading_block) <> (SELECT count(*) FROM scores);
SELECT format('user %d: the totals are not those of the rows', id)
FROM users LEFT JOIN user_total AS t ON t.user_id = id
LEFT JOIN (SELECT user_id, count(*) FILTER (WHERE attempts > 0) AS tried,
                  count(*) FILTER (WHERE written > 0) AS written,
                  count(*) FILTER (WHERE not_written > 0) AS not_written, sum(gradings) AS gradings
           FROM progress GROUP BY user_id) AS r ON r.user_id = id
WHERE (t.tried, t.written_good, t.not_written_good, t.gradings)
  IS NOT (ifnull(r.tried, 0), ifnull(r.written, 0), ifnull(r.not_written, 0), ifnull(r.gradings, 0))
LIMIT 10;
SELECT format('user %d, %s: the gradings of the day are not those of the rows', r.user_id, r.day)
FROM (SELECT user_id, substr(created_at, 1, 10) AS day, count(*) AS gradings,
             count(*) FILTER (WHERE passed <> 0) AS passed, total(val) AS val
      FROM scores WHERE ifnull(type, 'Score') <> 'Score' OR val IS NOT 0 GROUP BY 1, 2) AS r
LEFT JOIN user_day AS d ON d.user_id = r.user_id AND d.day = r.day
WHERE (d.gradings, d.passed, d.val) IS NOT (r.gradings, r.passed, r.val) LIMIT 10;
SELECT 'there are days without gradings'
WHERE (SELECT count(*) FROM user_day)
  <> (SELECT count(*) FROM (SELECT 1 FROM scores WHERE ifnull(type, 'Score') <> 'Score' OR val IS NOT 0
                            GROUP BY user_id, substr(created_at, 1, 10)));
