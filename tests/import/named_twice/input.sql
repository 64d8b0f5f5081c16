CREATE TABLE t (a int, b int);
INSERT INTO t (a, A) VALUES (1, 2);
