CREATE TABLE t (id int PRIMARY KEY, d decimal(10,2) DEFAULT 1.5, n int DEFAULT 1, s varchar(20), UNIQUE KEY s (s));
INSERT INTO t (id, s) VALUES (1,'a'),(2,'b');
INSERT INTO t (id, s) VALUES (1,'a') ON DUPLICATE KEY UPDATE d = d * 2, n = n / 2, s = concat(s, '!');
INSERT INTO t (id, s) VALUES (3,'b') ON DUPLICATE KEY UPDATE n = VALUES(id) + n, d = VALUES(d);
INSERT INTO t VALUES (4, 7, 7, 'c') ON DUPLICATE KEY UPDATE n = 0;
