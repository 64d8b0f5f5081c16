-- The tables of conduit: who writes, what was written, and who follows and likes whom and what.
--
-- Lengths are those of the API in characters, and in bytes too, since SQLite's length() stops at a
-- U+0000. Times are milliseconds since 1970 in UTC. Numbers are never used again: a token, a stored
-- response and an address of a comment are good for the one that they were given to. Whatever goes takes
-- along what belongs to it.
--
-- Columns that lists need stand before the long ones, so that a list does not read those.

CREATE TABLE user (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  -- NOCASE: "Alice" is taken where there is an "alice". The API looks names up exactly, addresses without
  -- regard to ASCII case.
  username   TEXT    NOT NULL COLLATE NOCASE UNIQUE
    CHECK (length(username) BETWEEN 1 AND 80 AND length(CAST(username AS BLOB)) <= 320),
  email      TEXT    NOT NULL COLLATE NOCASE UNIQUE
    CHECK (length(email) BETWEEN 1 AND 254 AND length(CAST(email AS BLOB)) <= 1016),
  created_at INTEGER NOT NULL CHECK (created_at >= 0),
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at),
  -- A hash, argon2id or bcrypt. Without one nobody can sign in.
  password   TEXT CHECK (length(CAST(password AS BLOB)) BETWEEN 1 AND 512),
  -- Raised with each new password: sessions that began before have ended.
  session_epoch INTEGER NOT NULL DEFAULT 0,
  image      TEXT CHECK (length(image) <= 2000 AND length(CAST(image AS BLOB)) BETWEEN 1 AND 8000),
  bio        TEXT CHECK (length(bio) <= 2000 AND length(CAST(bio AS BLOB)) BETWEEN 1 AND 8000)
) STRICT;

CREATE TABLE article (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  author_id   INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  created_at  INTEGER NOT NULL CHECK (created_at >= 0),
  updated_at  INTEGER NOT NULL CHECK (updated_at >= created_at),
  slug        TEXT    NOT NULL UNIQUE
    CHECK (length(slug) BETWEEN 1 AND 200 AND length(CAST(slug AS BLOB)) <= 800),
  title       TEXT    NOT NULL
    CHECK (length(title) <= 200 AND length(CAST(title AS BLOB)) <= 800),
  description TEXT    NOT NULL
    CHECK (length(description) <= 1000 AND length(CAST(description AS BLOB)) <= 4000),
  body        TEXT    NOT NULL
    CHECK (length(body) <= 200000 AND length(CAST(body AS BLOB)) <= 800000)
) STRICT;

-- When its article was created stands in each link, so that an index of links is in the order of lists.
CREATE TABLE article_tag (
  article_id         INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
  tag                TEXT    NOT NULL
    CHECK (length(tag) BETWEEN 1 AND 100 AND length(CAST(tag AS BLOB)) <= 400),
  article_created_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (article_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE favorite (
  article_id         INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
  user_id            INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  article_created_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (article_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE follow (
  follower_id INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  followed_id INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  PRIMARY KEY (follower_id, followed_id),
  CHECK (follower_id <> followed_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE comment (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
  author_id  INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  created_at INTEGER NOT NULL CHECK (created_at >= 0),
  updated_at INTEGER NOT NULL CHECK (updated_at >= created_at),
  body       TEXT    NOT NULL
    CHECK (length(body) <= 10000 AND length(CAST(body AS BLOB)) <= 40000)
) STRICT;
