-- A FLOAT shows its digits, whatever makes the importer copy its table.
SET sql_mode = '';
CREATE TABLE a (id int PRIMARY KEY, f float, g int AS (id + 1) STORED, h float(7,3), d double);
INSERT INTO a (id, f, h, d) VALUES (1, 0.1, 1.1, 0.1), (2, 6.48078e-38, 1234.567, 1e-3);
CREATE TABLE b (id int PRIMARY KEY, f float NOT NULL, r real);
INSERT INTO b VALUES (1, 0.1, 0.1), (2, 3.3, 3.3);
ALTER TABLE b ADD COLUMN n int DEFAULT 7, ADD COLUMN o float DEFAULT 0.3;
INSERT INTO b VALUES (3, 1.7, 1.7, 8, 0.7);
CREATE TABLE c (id int PRIMARY KEY, f float, u bigint unsigned);
INSERT INTO c VALUES (1, 0.1, 1);
INSERT INTO c VALUES (2, 0.2, 18446744073709551615);
CREATE TABLE e (id int PRIMARY KEY, f float);
INSERT INTO e VALUES (1, 0.5), (2, 2.25);
ALTER TABLE e MODIFY f double;
CREATE TABLE g (id int PRIMARY KEY, f float, k int UNIQUE);
INSERT INTO g VALUES (1, 0.1, 1), (2, 0.2, 2) ON DUPLICATE KEY UPDATE f = 1;
INSERT INTO g VALUES (3, 0.3, 1) ON DUPLICATE KEY UPDATE f = 0.3;
RENAME TABLE g TO i;
