-- A text column shows a number with the decimals that the value has, a function's argument with those of its type.
SET NAMES utf8mb4; SET sql_mode = '';
CREATE TABLE t (id int PRIMARY KEY, stored varchar(60), argument varchar(60), d decimal(10,2), b varbinary(30));
INSERT INTO t VALUES (1, GREATEST(10, 2.50), CONCAT(GREATEST(10, 2.50)), GREATEST(10, 2.50), LEAST(2.50, 10));
INSERT INTO t VALUES (2, IFNULL(2, 99.995), CONCAT(IFNULL(2, 99.995)), IFNULL(2, 99.995), COALESCE(NULL, 2, 1.5));
INSERT INTO t VALUES (3, IF(1, 5, 1.005), CONCAT(CASE WHEN 0 THEN 1.5 ELSE 2 END), NULLIF(2, 1.50), CASE 1 WHEN 1 THEN 3 ELSE 0.5 END);
INSERT INTO t VALUES (4, 0 % 0.1, CONCAT(0 % 0.1), 0 % 0.1, -1 % 0.1);
INSERT INTO t VALUES (5, ('.' IS NULL) / 10, CONCAT(('.' IS NULL) / 10), 0 / 3, -1 / 18446744073709551615);
INSERT INTO t VALUES (6, 1.50 - 1.5, CONCAT(1.50 - 1.5), 1.50 - 1.5, 0.5 * 0.00);
INSERT INTO t VALUES (7, 0 * -0.05, CONCAT(0 * -0.05), 0 * -0.05, 1.50 + 0);
INSERT INTO t VALUES (8, (-1 % 0.1) = 0, CAST(-1 % 0.1 AS CHAR), -1 % 0.1, -(-1 % 0.1));
INSERT INTO t VALUES (9, COALESCE(0x41, b'101'), NULLIF(0x41, 1), NULLIF(0x41, 1), GREATEST(0x41, b'101') + 0);
SET @a = IFNULL(2, 1.50);
INSERT INTO t VALUES (10, @a, CONCAT(@a), @a + 1, @a * 1.5);
INSERT INTO t SELECT 11, stored, argument, stored + 0.005, stored FROM t WHERE id = 1;
CREATE TABLE n (i int, u int unsigned, r double);
INSERT INTO n VALUES ('10.1.2.3', '1.7.x', '10.1.2.3'), ('1.2e3.5', '.5.5', '1..5');
