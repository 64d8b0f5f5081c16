-- Rows that get a default which is not known are counted.
CREATE SEQUENCE s START WITH 5;
CREATE TABLE t (id INT DEFAULT NEXTVAL(s), n VARCHAR(5), m INT NOT NULL DEFAULT (NEXT VALUE FOR s));
INSERT INTO t (n) VALUES ('a'), ('b');
INSERT INTO t VALUES (9, 'c', 10);
