-- A server finds a view invalid whose * stands for a column that is gone.
CREATE TABLE t (a int, b int);
INSERT INTO t VALUES (1, 2);
CREATE VIEW renamed AS SELECT * FROM t;
CREATE VIEW over_renamed AS SELECT a FROM renamed;
ALTER TABLE t RENAME COLUMN b TO c;
CREATE TABLE t2 (a int, b int);
CREATE VIEW dropped AS SELECT * FROM t2;
CREATE VIEW beside AS SELECT t.*, t2.a AS other FROM t JOIN t2;
ALTER TABLE t2 DROP COLUMN b;
CREATE TABLE t3 (a int, b int);
CREATE VIEW made_anew AS SELECT * FROM t3;
ALTER TABLE t3 DROP COLUMN b;
ALTER TABLE t3 ADD COLUMN b int FIRST;
