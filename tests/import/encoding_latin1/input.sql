SET NAMES latin1;
CREATE TABLE t (id int PRIMARY KEY, s varchar(20), b blob);
INSERT INTO t VALUES (1,'café € ÿ','é'),(2,_utf8mb4'x','\\');
