-- A column is found by the name that it had before the statement.
CREATE TABLE t (a INT, b VARCHAR(9), c INT AS (a + 1) STORED, KEY ka (a), UNIQUE KEY kb (b));
INSERT INTO t (a, b) VALUES (1, 'x');
ALTER TABLE t CHANGE a b INT, CHANGE b a VARCHAR(9);
INSERT INTO t (b, a) VALUES (5, 'y');
CREATE TABLE round_about (a INT, b INT, c INT, KEY (a, b, c));
INSERT INTO round_about VALUES (1, 2, 3);
ALTER TABLE round_about RENAME COLUMN a TO b, RENAME COLUMN b TO c, RENAME COLUMN c TO a;
