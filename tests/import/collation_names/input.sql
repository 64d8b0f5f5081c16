CREATE TABLE t (a varchar(9) COLLATE utf8mb4_ja_0900_as_cs_ks, b varchar(9) COLLATE utf8mb4_0900_as_cs, c varchar(9) COLLATE utf8mb4_0900_ai_ci, UNIQUE (a), UNIQUE (b), KEY (c));
INSERT INTO t VALUES ('a', 'b', 'c'), ('A', 'B', 'C');
