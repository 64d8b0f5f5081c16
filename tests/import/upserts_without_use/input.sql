-- What is told of the values of a row counts if the row is stored, or if what changes another one uses it.
SET NAMES utf8mb4;
SET sql_mode = '';
CREATE TABLE t (id int PRIMARY KEY, n tinyint, s varchar(3) CHARACTER SET latin1, k int NOT NULL DEFAULT 0);
INSERT INTO t VALUES (1, 1, 'a', 0);
INSERT INTO t VALUES (1, 300, 'abcd', 0), (2, 2, '日', 0) ON DUPLICATE KEY UPDATE k = k + 1;
INSERT INTO t VALUES (1, 100 * 4, CONCAT('日', 'x'), NULL), (1, 5, 'x', '1.6') ON DUPLICATE KEY UPDATE k = k + 1;
INSERT INTO t VALUES (1, 500, 'abcd', 0), (2, 7, '本', 0) ON DUPLICATE KEY UPDATE n = VALUES(n);
INSERT INTO t VALUES (3, 1, 'abcde', 0);
