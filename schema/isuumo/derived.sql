-- What lists are found by: one narrow row for each chair that can be bought and for each estate.
--
-- The *_range columns number the ranges of chair_condition.json and estate_condition.json, so that a
-- search is an equality: of a set of rows in memory, or of an index where SQLite has to search. Whoever
-- changes a range there changes it here too; checks.sql refuses a bake in which they disagree.
--
-- Plain columns filled from a view, not generated columns: SQLite never takes an index for covering in
-- a query that names a generated column. The views are the one place where the derivation stands; this
-- file fills the tables from them once, after the rows, and the triggers do so for every later row.

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

CREATE TABLE chair_search (
  id           INTEGER PRIMARY KEY,
  popularity   INTEGER NOT NULL,
  price        INTEGER NOT NULL,
  features     TEXT    NOT NULL,
  -- NOCASE: MySQL compares these without regard to case.
  kind         TEXT    NOT NULL COLLATE NOCASE,
  color        TEXT    NOT NULL COLLATE NOCASE,
  price_range  INTEGER NOT NULL,
  height_range INTEGER NOT NULL,
  width_range  INTEGER NOT NULL,
  depth_range  INTEGER NOT NULL
) STRICT;

INSERT INTO chair_search SELECT * FROM chair_derived ORDER BY id;

CREATE TRIGGER chair_arrives AFTER INSERT ON chair WHEN new.stock > 0
BEGIN
  INSERT INTO chair_search SELECT * FROM chair_derived WHERE id = new.id;
END;

-- A purchase touches nothing but the chair's own row until it takes the last one.
CREATE TRIGGER chair_sells_out AFTER UPDATE OF stock ON chair WHEN old.stock > 0 AND new.stock <= 0
BEGIN
  DELETE FROM chair_search WHERE id = old.id;
END;

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

CREATE TABLE estate_search (
  id                INTEGER PRIMARY KEY,
  popularity        INTEGER NOT NULL,
  rent              INTEGER NOT NULL,
  features          TEXT    NOT NULL,
  latitude          REAL    NOT NULL,
  longitude         REAL    NOT NULL,
  door_short        INTEGER NOT NULL,
  door_long         INTEGER NOT NULL,
  rent_range        INTEGER NOT NULL,
  door_height_range INTEGER NOT NULL,
  door_width_range  INTEGER NOT NULL
) STRICT;

INSERT INTO estate_search SELECT * FROM estate_derived ORDER BY id;

CREATE TRIGGER estate_arrives AFTER INSERT ON estate
BEGIN
  INSERT INTO estate_search SELECT * FROM estate_derived WHERE id = new.id;
END;
