SET sql_mode = '';
CREATE TABLE t (id int, a int NOT NULL);
INSERT INTO t VALUES (1, 1);
INSERT INTO t VALUES (2, NULL);
