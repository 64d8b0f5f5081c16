-- The end of a comment is missing, and a server refuses the statement.
CREATE TABLE t (a int);
/*!40101 INSERT INTO t VALUES (1)