CREATE TABLE t (a INT, s varchar(9));
INSERT INTO t VALUES (1, 'a'),
  (2, SOUNDEX('b'));
