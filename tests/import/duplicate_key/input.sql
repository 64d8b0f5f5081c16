CREATE TABLE t (id int NOT NULL PRIMARY KEY, s varchar(10));
INSERT INTO t VALUES (1,'a'),
  (2,'b'),
  (1,'c');
