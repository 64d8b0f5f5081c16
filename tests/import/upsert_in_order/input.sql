-- Assignments see what those before them have assigned; values take the form of their columns.
SET sql_mode = '';
CREATE TABLE t (
  id int PRIMARY KEY, n int DEFAULT 7, u int, s varchar(20) DEFAULT 'none',
  price decimal(10,2) DEFAULT 1.5, day datetime DEFAULT NULL, flags set('a','b','c') DEFAULT 'b,a',
  y year DEFAULT 0
);
INSERT INTO t (id, n, u) VALUES (1, 10, 0), (2, 10, 0), (3, 10, 0), (4, 10, 0), (5, 10, 0);
INSERT INTO t (id, n) VALUES (1, 5) ON DUPLICATE KEY UPDATE n = n + 1, u = n, n = n * 2;
INSERT INTO t (id, n) VALUES (2, 5) ON DUPLICATE KEY UPDATE n = VALUES(n) + n, u = VALUES(n);
INSERT INTO t (id, n) VALUES (3, 5) ON DUPLICATE KEY UPDATE n = DEFAULT, u = DEFAULT, s = DEFAULT, price = price * 2;
INSERT INTO t (id) VALUES (4) ON DUPLICATE KEY UPDATE day = '2021-01-01', flags = 'c,a', price = '3', y = 0;
INSERT INTO t (id) VALUES (5) ON DUPLICATE KEY UPDATE u = DEFAULT(n), s = 'it''s', y = 70;
INSERT INTO t (id, flags, y) VALUES (6, 'c,b,c', '0'), (7, 5, 0), (8, 'B', 00);
