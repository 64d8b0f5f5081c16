CREATE TABLE c (id int PRIMARY KEY, u varchar(36) DEFAULT (uuid()), r double DEFAULT (rand()), d date DEFAULT (curdate()), w varchar(60) DEFAULT (CONCAT(user(), id)), n int DEFAULT 5);
INSERT INTO c (id, u, r, d, w) VALUES (1, 'a', 1, '2024-01-01', 'w');
INSERT INTO c (id) VALUES (2), (3);
INSERT INTO c (id, u) VALUES (4, DEFAULT), (5, DEFAULT(u)), (6, 'x');
INSERT INTO c VALUES (7, DEFAULT, 1, DEFAULT, 'w', DEFAULT);
ALTER TABLE c ADD v varchar(36) DEFAULT (uuid()), ADD tm datetime DEFAULT CURRENT_TIMESTAMP;
INSERT INTO c (id, v, tm) VALUES (9, 'v', NULL);
UPDATE c SET u = IF(u IN ('a', 'x'), u, LENGTH(u)), r = IF(r < 1, 0.5, r), d = IF(d > '2024-01-01', '2024-01-02', d), v = IF(v = 'v', v, LENGTH(v)), tm = NULL;
