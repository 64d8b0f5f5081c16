-- Version 2: texts are bounded in bytes too, which a U+0000 cannot hide from (tables.sql).
--
-- A check cannot be changed, so both tables are made anew. What reads them goes first and comes back as it
-- was: renaming a table would rewrite it. The narrow tables and their indexes stay.

DROP TRIGGER chair_arrives;
DROP TRIGGER chair_sells_out;
DROP TRIGGER estate_arrives;
DROP VIEW chair_derived;
DROP VIEW estate_derived;

ALTER TABLE chair RENAME TO chair_of_version_1;

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

INSERT INTO chair SELECT * FROM chair_of_version_1 ORDER BY id;
DROP TABLE chair_of_version_1;

ALTER TABLE estate RENAME TO estate_of_version_1;

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

INSERT INTO estate SELECT * FROM estate_of_version_1 ORDER BY id;
DROP TABLE estate_of_version_1;

CREATE VIEW estate_derived AS
SELECT
  id, popularity, rent, features, latitude, longitude,
  -- A chair passes the door when its two shorter sides fit the door's sides, shorter to shorter.
  min(door_height, door_width) AS door_short,
  max(door_height, door_width) AS door_long,
  CASE WHEN rent < 50000 THEN 0 WHEN rent < 100000 THEN 1 WHEN rent < 150000 THEN 2 ELSE 3 END
    AS rent_range,
  CASE WHEN door_height < 80 THEN 0 WHEN door_height < 110 THEN 1
       WHEN door_height < 150 THEN 2 ELSE 3 END AS door_height_range,
  CASE WHEN door_width < 80 THEN 0 WHEN door_width < 110 THEN 1
       WHEN door_width < 150 THEN 2 ELSE 3 END AS door_width_range
FROM estate;

CREATE VIEW chair_derived AS
SELECT
  id, popularity, price, features, kind, color,
  CASE WHEN price < 3000 THEN 0 WHEN price < 6000 THEN 1 WHEN price < 9000 THEN 2
       WHEN price < 12000 THEN 3 WHEN price < 15000 THEN 4 ELSE 5 END AS price_range,
  CASE WHEN height < 80 THEN 0 WHEN height < 110 THEN 1 WHEN height < 150 THEN 2 ELSE 3 END
    AS height_range,
  CASE WHEN width < 80 THEN 0 WHEN width < 110 THEN 1 WHEN width < 150 THEN 2 ELSE 3 END
    AS width_range,
  CASE WHEN depth < 80 THEN 0 WHEN depth < 110 THEN 1 WHEN depth < 150 THEN 2 ELSE 3 END
    AS depth_range
FROM chair
WHERE stock > 0;

CREATE TRIGGER estate_arrives AFTER INSERT ON estate
BEGIN
  INSERT INTO estate_search SELECT * FROM estate_derived WHERE id = new.id;
END;

CREATE TRIGGER chair_sells_out AFTER UPDATE OF stock ON chair WHEN old.stock > 0 AND new.stock <= 0
BEGIN
  DELETE FROM chair_search WHERE id = old.id;
END;

CREATE TRIGGER chair_arrives AFTER INSERT ON chair WHEN new.stock > 0
BEGIN
  INSERT INTO chair_search SELECT * FROM chair_derived WHERE id = new.id;
END;
