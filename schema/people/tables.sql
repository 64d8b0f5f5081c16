-- The table of people: the passengers, as the CSV file and the API bring them.
--
-- Lengths and ranges are those of the original's columns (varchar(n) counts characters, int4 is 32 bits,
-- the enum of sexes), which SQLite does not enforce by itself, and no value is missing. Numbers are never
-- used again, so that whoever goes through pages misses nobody.
--
-- SQLite's length() stops at a U+0000; the number of bytes bounds what it does not see.

CREATE TABLE person (
  id                         INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid                       TEXT    NOT NULL UNIQUE
    CHECK (length(uuid) = 36 AND length(CAST(uuid AS BLOB)) = 36),
  survived                   INTEGER NOT NULL CHECK (survived IN (0, 1)),
  passenger_class            INTEGER NOT NULL CHECK (passenger_class BETWEEN -2147483648 AND 2147483647),
  name                       TEXT    NOT NULL
    CHECK (length(name) <= 100 AND length(CAST(name AS BLOB)) <= 400),
  sex                        TEXT    NOT NULL CHECK (sex IN ('male', 'female', 'other')),
  age                        INTEGER NOT NULL CHECK (age BETWEEN -2147483648 AND 2147483647),
  siblings_or_spouses_aboard INTEGER NOT NULL
    CHECK (siblings_or_spouses_aboard BETWEEN -2147483648 AND 2147483647),
  parents_or_children_aboard INTEGER NOT NULL
    CHECK (parents_or_children_aboard BETWEEN -2147483648 AND 2147483647),
  fare                       REAL    NOT NULL CHECK (abs(fare) <= 1.7976931348623157e308)
) STRICT;
