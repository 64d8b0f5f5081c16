-- A NUL ends a text for SQLite's substr(), and does not make two texts equal.
CREATE TABLE t (a varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, UNIQUE KEY a (a(3)));
INSERT IGNORE INTO t VALUES ('\0a'), ('\0b'), (''), ('abcd'), ('abce');
