CREATE TABLE t (id int PRIMARY KEY, s varchar(20));
INSERT INTO t VALUES (1,'•\ƒ\”\');
