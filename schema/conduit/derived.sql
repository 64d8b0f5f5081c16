-- What is counted or gathered, so that no list has to: filled here once from the rows, after them, and kept by
-- triggers from then on.
--
-- The counts have tables of their own, since a row is rewritten as a whole: a favourite would otherwise
-- write an article's text anew.

-- Rows of a dataset do not say when the article of a link was created.
UPDATE article_tag SET article_created_at = article.created_at
FROM article WHERE article.id = article_tag.article_id;
UPDATE favorite SET article_created_at = article.created_at
FROM article WHERE article.id = favorite.article_id;

-- The newest article of an author is what a feed begins with: of many authors, those that have none among
-- the newest need no look at their articles.
CREATE TABLE user_count (
  user_id           INTEGER PRIMARY KEY,
  articles          INTEGER NOT NULL DEFAULT 0,
  favorites         INTEGER NOT NULL DEFAULT 0,
  following         INTEGER NOT NULL DEFAULT 0,
  followers         INTEGER NOT NULL DEFAULT 0,
  newest_created_at INTEGER,
  newest_article_id INTEGER
) STRICT;

CREATE TABLE article_count (
  article_id    INTEGER PRIMARY KEY,
  favorites     INTEGER NOT NULL DEFAULT 0,
  comments      INTEGER NOT NULL DEFAULT 0,
  -- Of their texts, in bytes.
  comment_bytes INTEGER NOT NULL DEFAULT 0,
  -- The article's tags in order, as JSON: what shows an article need not look for them.
  tags          TEXT    NOT NULL DEFAULT '[]'
) STRICT;

-- The tags in use, each with its articles.
CREATE TABLE tag (
  name     TEXT PRIMARY KEY,
  articles INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: all articles.
CREATE TABLE total (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  articles INTEGER NOT NULL
) STRICT;

INSERT INTO user_count (user_id) SELECT id FROM user ORDER BY id;
UPDATE user_count SET articles = n
FROM (SELECT author_id, count(*) AS n FROM article GROUP BY author_id)
WHERE author_id = user_id;
UPDATE user_count SET favorites = n
FROM (SELECT user_id AS fan, count(*) AS n FROM favorite GROUP BY user_id)
WHERE fan = user_id;
UPDATE user_count SET following = n
FROM (SELECT follower_id, count(*) AS n FROM follow GROUP BY follower_id)
WHERE follower_id = user_id;
UPDATE user_count SET followers = n
FROM (SELECT followed_id, count(*) AS n FROM follow GROUP BY followed_id)
WHERE followed_id = user_id;
UPDATE user_count SET newest_created_at = created_at, newest_article_id = id
FROM (SELECT author_id, created_at, id,
             row_number() OVER (PARTITION BY author_id ORDER BY created_at DESC, id DESC) AS place
      FROM article)
WHERE author_id = user_id AND place = 1;

INSERT INTO article_count (article_id) SELECT id FROM article ORDER BY id;
UPDATE article_count SET favorites = n
FROM (SELECT article_id AS liked, count(*) AS n FROM favorite GROUP BY article_id)
WHERE liked = article_id;
UPDATE article_count SET comments = n, comment_bytes = bytes
FROM (SELECT article_id AS discussed, count(*) AS n, sum(length(CAST(body AS BLOB))) AS bytes
      FROM comment GROUP BY article_id)
WHERE discussed = article_id;
UPDATE article_count SET tags = list
FROM (SELECT article_id AS tagged, json_group_array(tag) AS list
      FROM (SELECT article_id, tag FROM article_tag ORDER BY article_id, tag) GROUP BY article_id)
WHERE tagged = article_id;

INSERT INTO tag SELECT tag, count(*) FROM article_tag GROUP BY tag ORDER BY tag;
INSERT INTO total SELECT 1, count(*) FROM article;

CREATE TRIGGER user_arrives AFTER INSERT ON user
BEGIN
  INSERT INTO user_count (user_id) VALUES (new.id);
END;

CREATE TRIGGER user_goes AFTER DELETE ON user
BEGIN
  DELETE FROM user_count WHERE user_id = old.id;
END;

CREATE TRIGGER article_arrives AFTER INSERT ON article
BEGIN
  INSERT INTO article_count (article_id) VALUES (new.id);
  UPDATE total SET articles = articles + 1;
  UPDATE user_count SET articles = articles + 1 WHERE user_id = new.author_id;
  -- Clocks can be set back: what is written last need not be the newest.
  UPDATE user_count SET newest_created_at = new.created_at, newest_article_id = new.id
  WHERE user_id = new.author_id
    AND (newest_article_id IS NULL
         OR (newest_created_at, newest_article_id) < (new.created_at, new.id));
END;

CREATE TRIGGER article_goes AFTER DELETE ON article
BEGIN
  DELETE FROM article_count WHERE article_id = old.id;
  UPDATE total SET articles = articles - 1;
  UPDATE user_count SET articles = articles - 1 WHERE user_id = old.author_id;
  UPDATE user_count
  SET (newest_created_at, newest_article_id) =
    (SELECT created_at, id FROM article WHERE author_id = old.author_id
     ORDER BY created_at DESC, id DESC LIMIT 1)
  WHERE user_id = old.author_id AND newest_article_id = old.id;
END;

-- A seed's link does not say when its article was created.
CREATE TRIGGER article_tag_arrives AFTER INSERT ON article_tag
BEGIN
  INSERT INTO tag (name, articles) VALUES (new.tag, 1)
  ON CONFLICT (name) DO UPDATE SET articles = articles + 1;
  UPDATE article_tag
  SET article_created_at = (SELECT created_at FROM article WHERE id = new.article_id)
  WHERE new.article_created_at = 0 AND article_id = new.article_id AND tag = new.tag;
  UPDATE article_count
  SET tags = (SELECT json_group_array(tag)
              FROM (SELECT tag FROM article_tag WHERE article_id = new.article_id ORDER BY tag))
  WHERE article_id = new.article_id;
END;

CREATE TRIGGER article_tag_goes AFTER DELETE ON article_tag
BEGIN
  UPDATE article_count
  SET tags = (SELECT json_group_array(tag)
              FROM (SELECT tag FROM article_tag WHERE article_id = old.article_id ORDER BY tag))
  WHERE article_id = old.article_id;
  UPDATE tag SET articles = articles - 1 WHERE name = old.tag;
  DELETE FROM tag WHERE name = old.tag AND articles = 0;
END;

CREATE TRIGGER favorite_arrives AFTER INSERT ON favorite
BEGIN
  UPDATE article_count SET favorites = favorites + 1 WHERE article_id = new.article_id;
  UPDATE user_count SET favorites = favorites + 1 WHERE user_id = new.user_id;
  UPDATE favorite
  SET article_created_at = (SELECT created_at FROM article WHERE id = new.article_id)
  WHERE new.article_created_at = 0 AND article_id = new.article_id AND user_id = new.user_id;
END;

CREATE TRIGGER favorite_goes AFTER DELETE ON favorite
BEGIN
  UPDATE article_count SET favorites = favorites - 1 WHERE article_id = old.article_id;
  UPDATE user_count SET favorites = favorites - 1 WHERE user_id = old.user_id;
END;

CREATE TRIGGER follow_arrives AFTER INSERT ON follow
BEGIN
  UPDATE user_count SET following = following + 1 WHERE user_id = new.follower_id;
  UPDATE user_count SET followers = followers + 1 WHERE user_id = new.followed_id;
END;

CREATE TRIGGER follow_goes AFTER DELETE ON follow
BEGIN
  UPDATE user_count SET following = following - 1 WHERE user_id = old.follower_id;
  UPDATE user_count SET followers = followers - 1 WHERE user_id = old.followed_id;
END;

CREATE TRIGGER comment_arrives AFTER INSERT ON comment
BEGIN
  UPDATE article_count
  SET comments = comments + 1, comment_bytes = comment_bytes + length(CAST(new.body AS BLOB))
  WHERE article_id = new.article_id;
END;

CREATE TRIGGER comment_goes AFTER DELETE ON comment
BEGIN
  UPDATE article_count
  SET comments = comments - 1, comment_bytes = comment_bytes - length(CAST(old.body AS BLOB))
  WHERE article_id = old.article_id;
END;
