SET NAMES utf8mb4;
SET foreign_key_checks = 1;
-- Keys that a server's collation takes for the same.
CREATE TABLE a (id int PRIMARY KEY AUTO_INCREMENT, k varchar(9), UNIQUE KEY k (k)) COLLATE=utf8mb4_general_ci;
INSERT INTO a (k) VALUES ('x');
INSERT IGNORE INTO a (k) VALUES ('x '), ('Élan'), ('elan'), ('y');
CREATE TABLE b (k varchar(9) PRIMARY KEY, n int) COLLATE=utf8mb4_bin;
REPLACE INTO b VALUES ('É', 1), ('é', 2), ('e', 3);
CREATE TABLE c (k varchar(9), n int, UNIQUE (n, k)) COLLATE=utf8mb4_unicode_ci;
INSERT INTO c VALUES ('é', 1), ('É', 2) ON DUPLICATE KEY UPDATE k = VALUES(k);
CREATE TABLE d (k varchar(9) UNIQUE, n int) COLLATE=utf8mb4_unicode_ci;
INSERT INTO d VALUES ('é', 1);
REPLACE INTO d VALUES ('E', 2);
-- Rows that go with their parent.
CREATE TABLE p (id int PRIMARY KEY, n int);
CREATE TABLE q (id int PRIMARY KEY, p_id int, FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE);
INSERT INTO p VALUES (1, 1), (2, 2);
INSERT INTO q VALUES (10, 1), (20, 2);
REPLACE INTO p VALUES (3, 3);
REPLACE INTO p VALUES (1, 9);
SET foreign_key_checks = 0;
REPLACE INTO p VALUES (2, 9);
