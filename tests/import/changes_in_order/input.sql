-- UPDATE and DELETE whose order decides something.
CREATE TABLE t (id int PRIMARY KEY, n int, k varchar(9));
INSERT INTO t VALUES (5, 0, 'b'), (6, 0, 'a'), (7, 0, 'c'), (8, 0, 'd');
SET @r = 0;
UPDATE t SET n = (@r := @r + 1) ORDER BY id DESC;
UPDATE t SET n = n + 10 ORDER BY k LIMIT 2;
UPDATE t SET id = id + 1 WHERE id > 5 ORDER BY id DESC;
SET @r = 0;
UPDATE t SET n = n + (@r := @r + 100) WHERE id <> 8 ORDER BY k;
DELETE FROM t ORDER BY n DESC LIMIT 1;
DELETE FROM t WHERE id > 5 ORDER BY id LIMIT 1;
