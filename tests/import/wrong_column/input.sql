CREATE TABLE t (id int NOT NULL, s varchar(10));
INSERT INTO t (id, q) VALUES (1,'a');
