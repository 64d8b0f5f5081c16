CREATE TABLE t (a int PRIMARY KEY, b varchar(9), c int);
INSERT INTO t VALUES (1, 'it''s', 3), (2, 'it''s', NULL), (3, 'it''s', NULL), (4, 'IT''S', 3);
ALTER TABLE t ADD UNIQUE KEY both_of_them (b, c DESC);
