-- Rows that are there when a column with a DEFAULT comes that is not known are counted.
CREATE SEQUENCE s START WITH 5;
CREATE TABLE t (id INT PRIMARY KEY, a INT);
ALTER TABLE t ADD none INT DEFAULT NEXTVAL(s);
INSERT INTO t (id, a, none) VALUES (1, 1, 0), (2, 2, 0);
ALTER TABLE t ADD b INT DEFAULT NEXTVAL(s), ADD c INT NOT NULL DEFAULT (a REGEXP '1'), ADD d INT DEFAULT (a + 1), ADD e INT DEFAULT 4;
