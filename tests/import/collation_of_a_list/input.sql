SET NAMES utf8mb4;
-- One collation holds for all that IN, BETWEEN, CASE, FIELD, GREATEST compare: that of the column.
CREATE TABLE k (id int PRIMARY KEY, dt datetime, sb varchar(20) COLLATE utf8mb4_bin, sc varchar(20), r varchar(20),
  g int AS ('Ff' IN ('ff', sb)) STORED) COLLATE utf8mb4_general_ci;
INSERT INTO k (id, dt, sb, sc) VALUES (1, '2020-01-01', 'z', 'z'), (2, '2020-05-01', 'b', 'FF'), (3, '2020-05-01', 'ff', 'ff'), (4, '2020-01-01', 'a', 'a'), (5, '2020-01-01', 'Ff', 'Ff');
CREATE VIEW v AS SELECT id, 'Ff' IN ('ff', sb) AS a, 'Ff' IN ('ff', sc) AS b, 'Ff' NOT IN ('ff', sb) AS c,
  MONTHNAME(dt) BETWEEN 'a' AND sb AS d, CASE 'Ff' WHEN 'ff' THEN 1 WHEN sb THEN 2 ELSE 3 END AS e,
  CASE HEX(255) WHEN 'ff' THEN 1 WHEN sc THEN 2 ELSE 3 END AS f, FIELD('Ff', 'ff', sb) AS g, FIELD('Ff', 'ff', sc) AS h FROM k;
CREATE TABLE u (id int PRIMARY KEY, sb varchar(20) COLLATE utf8mb4_bin, a int, b int, c int, d int, e varchar(9)) COLLATE utf8mb4_general_ci;
INSERT INTO u (id, sb) VALUES (1, 'z'), (2, 'b'), (3, 'ff'), (4, 'a'), (5, 'Ff');
UPDATE u SET a = 'Ff' IN ('ff', sb), b = CASE 'Ff' WHEN 'ff' THEN 1 WHEN sb THEN 2 ELSE 3 END, c = FIELD('Ff', 'ff', sb), d = HEX(255) BETWEEN 'a' AND sb, e = GREATEST('Ff', 'ab', sb);
CREATE TABLE d (id int PRIMARY KEY, sb varchar(20) COLLATE utf8mb4_bin) COLLATE utf8mb4_general_ci;
INSERT INTO d VALUES (1, 'z'), (2, 'b'), (3, 'ff'), (4, 'a');
DELETE FROM d WHERE 'Ff' BETWEEN 'a' AND sb;
CREATE TABLE s AS SELECT id FROM k WHERE 'Ff' IN ('ff', sb);
-- What is NULL has a collation too: what that would decide is not done.
CREATE TABLE n (id int PRIMARY KEY, sb varchar(20) COLLATE utf8mb4_bin, a int, b int) COLLATE utf8mb4_general_ci;
INSERT INTO n (id) VALUES (1);
UPDATE n SET a = 'Ff' IN ('Ff', sb);
UPDATE n SET b = 'Ff' IN ('ff', sb);
