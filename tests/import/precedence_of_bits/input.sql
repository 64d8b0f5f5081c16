CREATE TABLE t (a tinyint unsigned, b tinyint unsigned, CHECK (a | b << 2 <> 0));
INSERT INTO t VALUES (1, 4), (6, 3);
CREATE VIEW v AS SELECT a | b << 2 AS shifted, 1 | a & 2 AS joined, a & b | 8 AS other FROM t;
