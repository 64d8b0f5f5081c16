-- What must hold in a conduit file, baked or written by a primary. Each row that a statement returns is a
-- complaint, and a bake with a complaint fails. An empty blog is none.

SELECT format('article %d: there is no user %d', id, author_id)
FROM article WHERE author_id NOT IN (SELECT id FROM user) LIMIT 10;
SELECT format('tag %s: there is no article %d', quote(tag), article_id)
FROM article_tag WHERE article_id NOT IN (SELECT id FROM article) LIMIT 10;
SELECT format('favorite of user %d: there is no article %d', user_id, article_id)
FROM favorite WHERE article_id NOT IN (SELECT id FROM article) LIMIT 10;
SELECT format('favorite of article %d: there is no user %d', article_id, user_id)
FROM favorite WHERE user_id NOT IN (SELECT id FROM user) LIMIT 10;
SELECT format('user %d follows user %d: one of them is not there', follower_id, followed_id)
FROM follow
WHERE follower_id NOT IN (SELECT id FROM user) OR followed_id NOT IN (SELECT id FROM user) LIMIT 10;
SELECT format('comment %d: there is no article %d', id, article_id)
FROM comment WHERE article_id NOT IN (SELECT id FROM article) LIMIT 10;
SELECT format('comment %d: there is no user %d', id, author_id)
FROM comment WHERE author_id NOT IN (SELECT id FROM user) LIMIT 10;

-- The address of the feed.
SELECT format('article %d has the slug ''feed'', which is the address of the feed', id)
FROM article WHERE slug = 'feed';

-- Links say when their article was created.
SELECT format('a tag or favorite of article %d says that it was created at %d', article_id, said)
FROM (SELECT article_id, article_created_at AS said FROM article_tag
      UNION ALL SELECT article_id, article_created_at FROM favorite)
JOIN article ON article.id = article_id
WHERE said <> created_at LIMIT 10;

-- The counts are those of the rows.
SELECT format('user %d: the counts are not those of the rows', id)
FROM user LEFT JOIN user_count AS c ON c.user_id = user.id
LEFT JOIN (SELECT author_id, count(*) AS n FROM article GROUP BY author_id) AS a ON a.author_id = user.id
LEFT JOIN (SELECT user_id, count(*) AS n FROM favorite GROUP BY user_id) AS f ON f.user_id = user.id
LEFT JOIN (SELECT follower_id, count(*) AS n FROM follow GROUP BY follower_id) AS o
  ON o.follower_id = user.id
LEFT JOIN (SELECT followed_id, count(*) AS n FROM follow GROUP BY followed_id) AS d
  ON d.followed_id = user.id
WHERE c.articles IS NOT ifnull(a.n, 0) OR c.favorites IS NOT ifnull(f.n, 0)
   OR c.following IS NOT ifnull(o.n, 0) OR c.followers IS NOT ifnull(d.n, 0) LIMIT 10;
SELECT format('user %d: the newest article is another one', user_id)
FROM user_count
LEFT JOIN (SELECT author_id, created_at, id,
                  row_number() OVER (PARTITION BY author_id ORDER BY created_at DESC, id DESC) AS place
           FROM article) AS newest ON newest.author_id = user_id AND newest.place = 1
WHERE newest_article_id IS NOT newest.id OR newest_created_at IS NOT newest.created_at LIMIT 10;
SELECT format('article %d: the counts are not those of the rows', id)
FROM article LEFT JOIN article_count AS c ON c.article_id = article.id
LEFT JOIN (SELECT article_id, count(*) AS n FROM favorite GROUP BY article_id) AS f
  ON f.article_id = article.id
LEFT JOIN (SELECT article_id, count(*) AS n, sum(length(CAST(body AS BLOB))) AS bytes
           FROM comment GROUP BY article_id) AS m ON m.article_id = article.id
WHERE c.favorites IS NOT ifnull(f.n, 0) OR c.comments IS NOT ifnull(m.n, 0)
   OR c.comment_bytes IS NOT ifnull(m.bytes, 0) LIMIT 10;
SELECT format('article %d: the list of tags is not that of the rows', article_id)
FROM article_count AS c
WHERE tags IS NOT (SELECT json_group_array(tag)
                   FROM (SELECT tag FROM article_tag WHERE article_id = c.article_id ORDER BY tag)) LIMIT 10;
SELECT format('tag %s: the count is not that of the rows', quote(ifnull(t.name, r.tag)))
FROM tag AS t FULL JOIN (SELECT tag, count(*) AS n FROM article_tag GROUP BY tag) AS r ON r.tag = t.name
WHERE t.articles IS NOT r.n LIMIT 10;
SELECT 'the number of all articles is not that of the rows'
WHERE (SELECT articles FROM total) IS NOT (SELECT count(*) FROM article);
