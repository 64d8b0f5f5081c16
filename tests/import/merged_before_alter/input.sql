SET NAMES utf8mb4;
-- Rows that a server merged stay merged, whatever becomes of the table.
CREATE TABLE gone (id int PRIMARY KEY, v varchar(20), UNIQUE KEY v (v)) COLLATE=utf8mb4_general_ci;
INSERT IGNORE INTO gone VALUES (1, 'e'), (2, 'é');
DELETE FROM gone WHERE id = 1;
ALTER TABLE gone ADD COLUMN z int;
CREATE TABLE both_sides (id int PRIMARY KEY, v varchar(20), UNIQUE KEY v (v)) COLLATE=utf8mb4_general_ci;
INSERT IGNORE INTO both_sides VALUES (1, 'e'), (2, 'é');
ALTER TABLE both_sides ADD COLUMN z int;
INSERT IGNORE INTO both_sides VALUES (3, 'É', 1), (4, 'o', 1);
CREATE TABLE dropped (id int PRIMARY KEY, v varchar(20), UNIQUE KEY v (v)) COLLATE=utf8mb4_general_ci;
INSERT IGNORE INTO dropped VALUES (1, 'e'), (2, 'é');
ALTER TABLE dropped DROP KEY v;
