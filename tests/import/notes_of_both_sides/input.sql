-- One note for each column and kind, whether a literal, an expression or a statement behind brought the value.
SET sql_mode = '';
CREATE TABLE t (id int PRIMARY KEY, n tinyint, s varchar(3) CHARACTER SET latin1);
INSERT INTO t VALUES (1, 1, 'a');
INSERT INTO t VALUES (2, 300, 'abcd'), (3, 400, 'x');
INSERT INTO t VALUES (4, 100 * 3, CONCAT('ab', 'cd'));
UPDATE t SET n = n * 1000 WHERE id = 1;
INSERT INTO t SELECT id + 10, n * 100, s FROM t WHERE id = 4;
ALTER TABLE t MODIFY s varchar(2) CHARACTER SET latin1;
CREATE TABLE u (id int PRIMARY KEY, n varchar(9) CHARACTER SET latin1 DEFAULT (UPPER('x')));
