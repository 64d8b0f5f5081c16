CREATE TABLE t (
  b varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, c varchar(10) COLLATE utf8mb4_general_ci, cs varchar(10) COLLATE latin1_general_cs,
  p varchar(50), UNIQUE KEY b (b), UNIQUE KEY c (c), UNIQUE KEY cs (cs), UNIQUE KEY p (p(3))
) DEFAULT CHARSET=utf8mb4;
INSERT INTO t VALUES ('a','ä','a','abcd'),('A','Ö','A','abxd');
