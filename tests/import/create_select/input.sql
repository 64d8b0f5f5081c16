-- Tables that are made from others.
CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, s varchar(20) CHARACTER SET latin1 NOT NULL DEFAULT 'x', d decimal(8,2), e enum('p','q'), g int AS (id + 1)) DEFAULT CHARSET=latin1;
INSERT INTO a (s, d, e) VALUES ('one', 1.5, 'p'), ('two', NULL, 'q'), ('three', 3, NULL);
CREATE TABLE whole SELECT * FROM a;
CREATE TABLE some ENGINE=InnoDB AS SELECT a.s AS name, d, g FROM a WHERE id > 1;
CREATE TABLE mixed (n int AUTO_INCREMENT PRIMARY KEY, extra int DEFAULT 7, s varchar(9)) AS (SELECT s, id FROM a);
INSERT INTO mixed (s) VALUES ('more');
CREATE TABLE constants (x int, y varchar(9)) SELECT 1 AS x, 'text' y;
CREATE TABLE once (k varchar(9) PRIMARY KEY, v int) REPLACE SELECT LEFT(s, 1) AS k, id AS v FROM a;
CREATE TABLE IF NOT EXISTS whole SELECT * FROM a;
CREATE TEMPORARY TABLE backup AS SELECT * FROM a;
CREATE TABLE copy LIKE a;
INSERT INTO copy (s, d) SELECT s, d FROM backup;
INSERT INTO whole VALUES (9, 'nine', 9, 'p', 10);
CREATE TABLE p (a int) PARTITION BY HASH (a) PARTITIONS 2 SELECT id AS a FROM a;
