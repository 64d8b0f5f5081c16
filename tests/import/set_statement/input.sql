-- Settings of one statement, whose text is read without them.
CREATE TABLE t (a int NOT NULL AUTO_INCREMENT PRIMARY KEY, b varchar(20));
SET STATEMENT max_statement_time = 10 FOR INSERT INTO t VALUES (3, 'three');
SET STATEMENT sql_mode = 'NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO', unique_checks = 0 FOR INSERT INTO t VALUES (0, 'zero\\'), (5, 'five\n');
INSERT INTO t VALUES (0, 'six\\');
SET STATEMENT sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES') FOR INSERT INTO t VALUES (7, "seven");
INSERT INTO t VALUES (8, "eight");
