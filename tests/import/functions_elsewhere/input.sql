-- A function that is not in the dump may change rows when a query calls it.
CREATE TABLE t (id int, v int);
INSERT INTO t VALUES (1, 1);
SELECT setup_rows();
DO other.fill(3), `Quoted name`(1);
SELECT setup_rows() INTO @n;
WITH x (q) AS (SELECT 1), y (z) AS (SELECT fill_more(q) FROM x) SELECT * FROM y;
-- These only read.
SELECT COUNT(*), MAX(v), NOW(), ST_AsText(NULL), JSON_VALID('{}'), sys.version_major(), LEFT('a', 1), `count`(v) FROM t WHERE id IN (1, 2) AND (v) > 0;
WITH x (q) AS (SELECT 1), y (z) AS (SELECT q FROM x) SELECT d.a FROM (SELECT 1) AS d (a), y;
SELECT CAST('1' AS DECIMAL(5, 2)), ROW_NUMBER() OVER (ORDER BY id), REGEXP_LIKE('a', 'b'), 'fill(1)' FROM t USE INDEX ();
