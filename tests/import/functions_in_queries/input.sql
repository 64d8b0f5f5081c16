-- A query may change rows by a function, which is not run.
CREATE TABLE t (a int);
DELIMITER //
CREATE FUNCTION fill_it(n int) RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO t VALUES (n); RETURN n; END//
DELIMITER ;
SELECT 1;
SELECT fill_it(1);
DO Fill_It(2);
WITH x AS (SELECT 3 AS q) SELECT `fill_it` (q) FROM x;
WITH x AS (SELECT 3 AS q) DELETE FROM t WHERE a IN (SELECT q FROM x);
SELECT 'fill_it(1)', a FROM t;
