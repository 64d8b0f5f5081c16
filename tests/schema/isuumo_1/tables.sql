-- The tables of isuumo: chairs and estates, as the MySQL dumps and the CSV uploads bring them.
--
-- Lengths and ranges are those of the original MySQL columns (VARCHAR(n) counts characters, INTEGER is
-- 32 bits), which SQLite does not enforce by itself. What is derived from the rows is in derived.sql.

CREATE TABLE chair (
  id          INTEGER PRIMARY KEY CHECK (id BETWEEN -2147483648 AND 2147483647),
  name        TEXT    NOT NULL CHECK (length(name) <= 64),
  description TEXT    NOT NULL CHECK (length(description) <= 4096),
  thumbnail   TEXT    NOT NULL CHECK (length(thumbnail) <= 128),
  price       INTEGER NOT NULL CHECK (price BETWEEN -2147483648 AND 2147483647),
  height      INTEGER NOT NULL CHECK (height BETWEEN -2147483648 AND 2147483647),
  width       INTEGER NOT NULL CHECK (width BETWEEN -2147483648 AND 2147483647),
  depth       INTEGER NOT NULL CHECK (depth BETWEEN -2147483648 AND 2147483647),
  color       TEXT    NOT NULL CHECK (length(color) <= 64),
  features    TEXT    NOT NULL CHECK (length(features) <= 64),
  kind        TEXT    NOT NULL CHECK (length(kind) <= 64),
  popularity  INTEGER NOT NULL CHECK (popularity BETWEEN -2147483648 AND 2147483647),
  stock       INTEGER NOT NULL CHECK (stock BETWEEN -2147483648 AND 2147483647)
) STRICT;

CREATE TABLE estate (
  id          INTEGER PRIMARY KEY CHECK (id BETWEEN -2147483648 AND 2147483647),
  name        TEXT    NOT NULL CHECK (length(name) <= 64),
  description TEXT    NOT NULL CHECK (length(description) <= 4096),
  thumbnail   TEXT    NOT NULL CHECK (length(thumbnail) <= 128),
  address     TEXT    NOT NULL CHECK (length(address) <= 128),
  latitude    REAL    NOT NULL CHECK (abs(latitude) <= 1.7976931348623157e308),
  longitude   REAL    NOT NULL CHECK (abs(longitude) <= 1.7976931348623157e308),
  rent        INTEGER NOT NULL CHECK (rent BETWEEN -2147483648 AND 2147483647),
  door_height INTEGER NOT NULL CHECK (door_height BETWEEN -2147483648 AND 2147483647),
  door_width  INTEGER NOT NULL CHECK (door_width BETWEEN -2147483648 AND 2147483647),
  features    TEXT    NOT NULL CHECK (length(features) <= 64),
  popularity  INTEGER NOT NULL CHECK (popularity BETWEEN -2147483648 AND 2147483647)
) STRICT;
