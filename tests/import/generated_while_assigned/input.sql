CREATE TABLE a (id int PRIMARY KEY, n int, g int AS (n * 2) STORED, v int AS (n * 3) VIRTUAL, u int, w int);
INSERT INTO a (id, n) VALUES (1, 1), (2, 1), (3, NULL);
INSERT INTO a (id, n) VALUES (1, 1), (3, 4) ON DUPLICATE KEY UPDATE n = IFNULL(n, 5) + 10, u = g, w = v;
UPDATE a SET n = n + 10, u = g, w = v WHERE id = 2;
INSERT INTO a (id, n) VALUES (1, 7) ON DUPLICATE KEY UPDATE n = n + 10, u = VALUES(g), w = VALUES(v);
INSERT INTO a SET n = 5, u = n + g, w = IFNULL(v, -1), id = 8;
-- A stored column that is set to its DEFAULT reads as NULL behind that, a virtual one does not.
INSERT INTO a (id, n) VALUES (8, 1) ON DUPLICATE KEY UPDATE u = g, g = DEFAULT, w = IFNULL(g, -2), v = DEFAULT, n = n + v;
UPDATE a SET g = DEFAULT, v = DEFAULT, u = g, w = v WHERE id = 2;
