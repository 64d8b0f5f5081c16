-- The tables of english: who learns, the sentences, each grading, and what words mean.
--
-- The first three have the names and columns of the original, so that a dump of its MySQL database bakes as
-- it is; what it lacks stands at their ends with a default. Lengths are those of its columns, in characters,
-- and in bytes too, since SQLite's length() stops at a U+0000. Times are in UTC as MySQL writes them,
-- `2020-01-31 12:34:56.789012`. Numbers are never used again: a session and an address are good for the row
-- that they were given to.

CREATE TABLE users (
  id                     INTEGER PRIMARY KEY AUTOINCREMENT,
  email                  TEXT NOT NULL DEFAULT '' COLLATE NOCASE UNIQUE
    CHECK (length(email) <= 255 AND length(CAST(email AS BLOB)) <= 1020),
  -- A hash, argon2id or bcrypt. Without one nobody can sign in.
  encrypted_password     TEXT NOT NULL DEFAULT '' CHECK (length(CAST(encrypted_password AS BLOB)) <= 512),
  -- The original's: nothing here uses them, and derived.sql clears them.
  reset_password_token   TEXT,
  reset_password_sent_at TEXT,
  remember_created_at    TEXT,
  -- In which order sentences are walked. Whatever is none of the three counts as normal.
  mode                   TEXT CHECK (length(CAST(mode AS BLOB)) <= 1020),
  created_at             TEXT NOT NULL CHECK (length(CAST(created_at AS BLOB)) BETWEEN 19 AND 26),
  updated_at             TEXT NOT NULL CHECK (length(CAST(updated_at AS BLOB)) BETWEEN 19 AND 26),
  -- Raised with each new password and at each sign-out: sessions that began before have ended.
  session_epoch          INTEGER NOT NULL DEFAULT 0,
  -- What somebody may change beside the own account: nothing, or sentences and words.
  role                   TEXT NOT NULL DEFAULT 'learner' CHECK (role IN ('learner', 'editor'))
) STRICT;

CREATE TABLE sentences (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  -- What people call it by; two may have the same.
  no         INTEGER CHECK (no BETWEEN -2147483648 AND 2147483647),
  en         TEXT CHECK (length(en) <= 255 AND length(CAST(en AS BLOB)) <= 1020),
  jp         TEXT CHECK (length(jp) <= 255 AND length(CAST(jp AS BLOB)) <= 1020),
  -- The path of a recording.
  voice_data TEXT CHECK (length(voice_data) <= 255 AND length(CAST(voice_data AS BLOB)) <= 1020),
  created_at TEXT NOT NULL CHECK (length(CAST(created_at AS BLOB)) BETWEEN 19 AND 26),
  updated_at TEXT NOT NULL CHECK (length(CAST(updated_at AS BLOB)) BETWEEN 19 AND 26)
) STRICT;

-- Each grading is a row; none is replaced by the next one.
CREATE TABLE scores (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  passed      INTEGER CHECK (passed BETWEEN -128 AND 127),
  -- What it counts. None counts as nothing.
  val         INTEGER CHECK (val BETWEEN -2147483648 AND 2147483647),
  sentence_id INTEGER REFERENCES sentences ON DELETE CASCADE,
  user_id     INTEGER REFERENCES users ON DELETE CASCADE,
  -- Score, ScoreEngWritten or ScoreEngNotWritten.
  type        TEXT CHECK (length(CAST(type AS BLOB)) <= 1020),
  created_at  TEXT NOT NULL CHECK (length(CAST(created_at AS BLOB)) BETWEEN 19 AND 26),
  updated_at  TEXT NOT NULL CHECK (length(CAST(updated_at AS BLOB)) BETWEEN 19 AND 26)
) STRICT;

-- The words of the sentences with a number, in the order of their ids. A word can come before its sentence.
CREATE TABLE words (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  sentence_no INTEGER NOT NULL CHECK (sentence_no BETWEEN -2147483648 AND 2147483647),
  en          TEXT NOT NULL CHECK (length(en) BETWEEN 1 AND 255 AND length(CAST(en AS BLOB)) <= 1020),
  note        TEXT NOT NULL DEFAULT ''
    CHECK (length(note) <= 1000 AND length(CAST(note AS BLOB)) <= 4000),
  url         TEXT NOT NULL DEFAULT '' CHECK (length(CAST(url AS BLOB)) <= 2000)
) STRICT;
