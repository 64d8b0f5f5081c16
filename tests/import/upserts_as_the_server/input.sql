SET NAMES utf8mb4;
SET sql_mode = '';
CREATE TABLE u (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int DEFAULT 4, b int NOT NULL, c varchar(20), d decimal(6,2), e enum('x','y','z') NOT NULL DEFAULT 'y', s set('p','q','r'), dt date, tm datetime(2), ti time, y year, bi bit(4), big bigint unsigned, f double, bl blob, un tinyint unsigned, g int AS (b * 2) STORED, v varchar(9) AS (concat(c, b)) VIRTUAL, UNIQUE KEY a (a), UNIQUE KEY b (b), UNIQUE KEY c (c(3)));
INSERT INTO u (a, b, c) VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 3, 'three');
-- Two keys, two rows: the one whose columns are NOT NULL comes first, then the whole one.
INSERT INTO u (a, b, c) VALUES (1, 2, 'three') ON DUPLICATE KEY UPDATE d = 1;
INSERT INTO u (a, b, c) VALUES (1, 20, 'three') ON DUPLICATE KEY UPDATE d = 2;
INSERT INTO u (a, b, c) VALUES (10, 20, 'threshold') ON DUPLICATE KEY UPDATE d = d + 3.005, f = 1/3;
-- Values in the form of their columns.
INSERT INTO u (b) VALUES (1) ON DUPLICATE KEY UPDATE dt = 20200203, s = 3, e = 3, tm = '2020-2-3 4:5:6.789', ti = 10203, y = 20, bi = b'11', big = 18446744073709551615, un = 300, bl = x'00ff', f = '1e3';
INSERT INTO u (b) VALUES (2) ON DUPLICATE KEY UPDATE dt = '2020-1-2', s = 'q,p', e = 'Z', c = UPPER('é'), d = '7.777', un = -1, bi = 31, big = 1;
INSERT INTO u (b) VALUES (3) ON DUPLICATE KEY UPDATE c = CONCAT(1e3, 'x', SUBSTRING('abc', -5)), f = IF('a' = 'A', 1, 2), d = 1000000, a = DEFAULT, e = DEFAULT, dt = dt + INTERVAL 1 MONTH;
-- From left to right; the new row by VALUES.
INSERT INTO u (b, a, d) VALUES (1, 7, 5) ON DUPLICATE KEY UPDATE a = VALUES(a) + u.b, d = a + VALUES(d), f = d + g, un = VALUES(g), c = CONCAT(v, VALUES(b));
INSERT INTO u (b, e, dt) VALUES (1, 'x', '2024-02-29'), (2, 'z', '2024-01-31') ON DUPLICATE KEY UPDATE e = VALUES(e), dt = VALUES(dt) + INTERVAL 1 MONTH, a = VALUES(a) + id * 100, s = NULL, b = b + 10;
INSERT INTO u (b) VALUES (11) ON DUPLICATE KEY UPDATE f = (SELECT COUNT(*) FROM u), d = DEFAULT(a) + 0.5;
INSERT INTO u (b, c) VALUES (11, 'c'), (12, 'd') ON DUPLICATE KEY UPDATE e = NULL, b = b + 100;
INSERT IGNORE INTO u (b, c) VALUES (111, 'f'), (13, 'g'), (112, 'h') ON DUPLICATE KEY UPDATE b = 3, d = 9;
