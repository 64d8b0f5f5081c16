-- The tables of isuumo: chairs, estates, and what is derived from their columns.
--
-- Rows come from the MySQL dumps at bake time and from CSV uploads at run time. Lengths and ranges
-- are those of the original MySQL columns (VARCHAR(n) counts characters, INTEGER is 32 bits), which
-- SQLite does not enforce by itself.
--
-- The *_range columns number the ranges of chair_condition.json and estate_condition.json, so that a
-- search is an equality and an index can deliver its rows in the order of the page. Whoever changes
-- a range there changes it here too; checks.sql refuses a bake in which they disagree.

CREATE TABLE chair (
  id          INTEGER PRIMARY KEY CHECK (id BETWEEN -2147483648 AND 2147483647),
  name        TEXT    NOT NULL CHECK (length(name) <= 64),
  description TEXT    NOT NULL CHECK (length(description) <= 4096),
  thumbnail   TEXT    NOT NULL CHECK (length(thumbnail) <= 128),
  price       INTEGER NOT NULL CHECK (price BETWEEN -2147483648 AND 2147483647),
  height      INTEGER NOT NULL CHECK (height BETWEEN -2147483648 AND 2147483647),
  width       INTEGER NOT NULL CHECK (width BETWEEN -2147483648 AND 2147483647),
  depth       INTEGER NOT NULL CHECK (depth BETWEEN -2147483648 AND 2147483647),
  -- NOCASE: MySQL compares these without regard to case.
  color       TEXT    NOT NULL COLLATE NOCASE CHECK (length(color) <= 64),
  features    TEXT    NOT NULL CHECK (length(features) <= 64),
  kind        TEXT    NOT NULL COLLATE NOCASE CHECK (length(kind) <= 64),
  popularity  INTEGER NOT NULL CHECK (popularity BETWEEN -2147483648 AND 2147483647),
  stock       INTEGER NOT NULL CHECK (stock BETWEEN -2147483648 AND 2147483647),

  -- Whether the chair can be bought. The indexes of every list depend on this column and not on
  -- stock, so that a purchase rewrites them only when it takes the last chair. Kept by the triggers.
  on_sale     INTEGER NOT NULL DEFAULT 1 CHECK (on_sale IN (0, 1)),

  price_range  INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN price < 3000 THEN 0 WHEN price < 6000 THEN 1 WHEN price < 9000 THEN 2
         WHEN price < 12000 THEN 3 WHEN price < 15000 THEN 4 ELSE 5 END) STORED,
  height_range INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN height < 80 THEN 0 WHEN height < 110 THEN 1 WHEN height < 150 THEN 2 ELSE 3 END) STORED,
  width_range  INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN width < 80 THEN 0 WHEN width < 110 THEN 1 WHEN width < 150 THEN 2 ELSE 3 END) STORED,
  depth_range  INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN depth < 80 THEN 0 WHEN depth < 110 THEN 1 WHEN depth < 150 THEN 2 ELSE 3 END) STORED
) STRICT;

CREATE TRIGGER chair_sold_out_on_arrival AFTER INSERT ON chair WHEN new.stock <= 0
BEGIN
  UPDATE chair SET on_sale = 0 WHERE id = new.id;
END;

CREATE TRIGGER chair_stock_changed AFTER UPDATE OF stock ON chair WHEN (new.stock > 0) <> new.on_sale
BEGIN
  UPDATE chair SET on_sale = (new.stock > 0) WHERE id = new.id;
END;

CREATE TABLE estate (
  id          INTEGER PRIMARY KEY CHECK (id BETWEEN -2147483648 AND 2147483647),
  name        TEXT    NOT NULL CHECK (length(name) <= 64),
  description TEXT    NOT NULL CHECK (length(description) <= 4096),
  thumbnail   TEXT    NOT NULL CHECK (length(thumbnail) <= 128),
  address     TEXT    NOT NULL CHECK (length(address) <= 128),
  latitude    REAL    NOT NULL,
  longitude   REAL    NOT NULL,
  rent        INTEGER NOT NULL CHECK (rent BETWEEN -2147483648 AND 2147483647),
  door_height INTEGER NOT NULL CHECK (door_height BETWEEN -2147483648 AND 2147483647),
  door_width  INTEGER NOT NULL CHECK (door_width BETWEEN -2147483648 AND 2147483647),
  features    TEXT    NOT NULL CHECK (length(features) <= 64),
  popularity  INTEGER NOT NULL CHECK (popularity BETWEEN -2147483648 AND 2147483647),

  -- A chair passes the door when its two shorter sides fit the door's sides, shorter to shorter.
  door_short  INTEGER NOT NULL GENERATED ALWAYS AS (min(door_height, door_width)) STORED,
  door_long   INTEGER NOT NULL GENERATED ALWAYS AS (max(door_height, door_width)) STORED,

  rent_range        INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN rent < 50000 THEN 0 WHEN rent < 100000 THEN 1 WHEN rent < 150000 THEN 2 ELSE 3 END) STORED,
  door_height_range INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN door_height < 80 THEN 0 WHEN door_height < 110 THEN 1
         WHEN door_height < 150 THEN 2 ELSE 3 END) STORED,
  door_width_range  INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN door_width < 80 THEN 0 WHEN door_width < 110 THEN 1
         WHEN door_width < 150 THEN 2 ELSE 3 END) STORED
) STRICT;
