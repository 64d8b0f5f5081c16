-- The tables of isuumo: chairs and estates, as the MySQL dumps and the CSV uploads bring them.
--
-- Lengths and ranges are those of the original MySQL columns (VARCHAR(n) counts characters, INTEGER is
-- 32 bits), which SQLite does not enforce by itself. What is derived from the rows is in derived.sql.
--
-- SQLite's length() stops at a U+0000. Uploads count the characters behind one too (upload.rs); the number
-- of bytes, four for each character at most, bounds what gets past that count some other way.

CREATE TABLE chair (
  id          INTEGER PRIMARY KEY CHECK (id BETWEEN -2147483648 AND 2147483647),
  name        TEXT    NOT NULL CHECK (length(name) <= 64 AND length(CAST(name AS BLOB)) <= 256),
  description TEXT    NOT NULL
    CHECK (length(description) <= 4096 AND length(CAST(description AS BLOB)) <= 16384),
  thumbnail   TEXT    NOT NULL CHECK (length(thumbnail) <= 128 AND length(CAST(thumbnail AS BLOB)) <= 512),
  price       INTEGER NOT NULL CHECK (price BETWEEN -2147483648 AND 2147483647),
  height      INTEGER NOT NULL CHECK (height BETWEEN -2147483648 AND 2147483647),
  width       INTEGER NOT NULL CHECK (width BETWEEN -2147483648 AND 2147483647),
  depth       INTEGER NOT NULL CHECK (depth BETWEEN -2147483648 AND 2147483647),
  color       TEXT    NOT NULL CHECK (length(color) <= 64 AND length(CAST(color AS BLOB)) <= 256),
  features    TEXT    NOT NULL CHECK (length(features) <= 64 AND length(CAST(features AS BLOB)) <= 256),
  kind        TEXT    NOT NULL CHECK (length(kind) <= 64 AND length(CAST(kind AS BLOB)) <= 256),
  popularity  INTEGER NOT NULL CHECK (popularity BETWEEN -2147483648 AND 2147483647),
  stock       INTEGER NOT NULL CHECK (stock BETWEEN -2147483648 AND 2147483647)
) STRICT;

CREATE TABLE estate (
  id          INTEGER PRIMARY KEY CHECK (id BETWEEN -2147483648 AND 2147483647),
  name        TEXT    NOT NULL CHECK (length(name) <= 64 AND length(CAST(name AS BLOB)) <= 256),
  description TEXT    NOT NULL
    CHECK (length(description) <= 4096 AND length(CAST(description AS BLOB)) <= 16384),
  thumbnail   TEXT    NOT NULL CHECK (length(thumbnail) <= 128 AND length(CAST(thumbnail AS BLOB)) <= 512),
  address     TEXT    NOT NULL CHECK (length(address) <= 128 AND length(CAST(address AS BLOB)) <= 512),
  latitude    REAL    NOT NULL CHECK (abs(latitude) <= 1.7976931348623157e308),
  longitude   REAL    NOT NULL CHECK (abs(longitude) <= 1.7976931348623157e308),
  rent        INTEGER NOT NULL CHECK (rent BETWEEN -2147483648 AND 2147483647),
  door_height INTEGER NOT NULL CHECK (door_height BETWEEN -2147483648 AND 2147483647),
  door_width  INTEGER NOT NULL CHECK (door_width BETWEEN -2147483648 AND 2147483647),
  features    TEXT    NOT NULL CHECK (length(features) <= 64 AND length(CAST(features AS BLOB)) <= 256),
  popularity  INTEGER NOT NULL CHECK (popularity BETWEEN -2147483648 AND 2147483647)
) STRICT;
