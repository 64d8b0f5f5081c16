-- Version 2: names are bounded in bytes too, which a U+0000 cannot hide from (tables.sql).
--
-- A check cannot be changed, so the table is made anew, and its indexes with it. Numbers are never used
-- again: the counter goes along, also where the last numbers were removed.

ALTER TABLE person RENAME TO person_of_version_1;

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

INSERT INTO person SELECT * FROM person_of_version_1 ORDER BY id;
DELETE FROM sqlite_sequence WHERE name = 'person';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'person', seq FROM sqlite_sequence WHERE name = 'person_of_version_1';
DROP TABLE person_of_version_1;

CREATE INDEX person_by_survived ON person
  (survived, id, passenger_class, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_passenger_class ON person
  (passenger_class, id, survived, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_name ON person
  (name, id, survived, passenger_class, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_sex ON person
  (sex, id, survived, passenger_class, name, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_age ON person
  (age, id, survived, passenger_class, name, sex, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_siblings_or_spouses_aboard ON person
  (siblings_or_spouses_aboard, id, survived, passenger_class, name, sex, age,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_parents_or_children_aboard ON person
  (parents_or_children_aboard, id, survived, passenger_class, name, sex, age,
   siblings_or_spouses_aboard, fare);
CREATE INDEX person_by_fare ON person
  (fare, id, survived, passenger_class, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard);
CREATE INDEX person_by_uuid ON person
  (uuid, id, survived, passenger_class, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
