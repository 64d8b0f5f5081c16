CREATE TABLE t (a int, b varchar(10), `q r` int, c int);
INSERT INTO t VALUES (1, 'x', 2, 3), (4, 'y', 5, 6);
-- Without AS a column has its name as it is written, a string its content, anything else its text.
CREATE VIEW v_functions AS SELECT b, count(a), COUNT(*), COUNT( * ), UPPER(b), concat(b, 'z') FROM t GROUP BY b;
CREATE VIEW v_operators AS SELECT a+1, a  *  2, `a`+`q r`, - 1, +1, (1), ((a+1)), t.a IS NULL, NOT a FROM t;
CREATE VIEW v_columns AS SELECT C, t.a, (b), `q r` FROM t;
CREATE VIEW v_texts AS SELECT 'f', 'it''s', 'p' 'q', '  lead', ('x'), _utf8mb4'intro', 'é', 1.50, null, concat('é') FROM t;
CREATE VIEW v_lost AS SELECT a, true FROM t;
CREATE VIEW v_comments AS SELECT a /* hi */ + 1, a /*! + 2 */, a -- x
  + 3, a # y
 + 4 FROM t;
-- No names, and names that are taken.
CREATE VIEW v_no_names AS SELECT a, '', 'trail ', concat('1234567890123456789012345678901234567890', '12345678901234567890') FROM t;
CREATE VIEW v_twice AS SELECT 1, 1, 1, 'A', a FROM t;
CREATE VIEW v_all AS SELECT *, 'A' FROM t;
CREATE VIEW v_listed (n, m) AS SELECT count(*), '' FROM t;
-- Others find them.
CREATE VIEW v_over AS SELECT `COUNT(*)` + 1 AS n, `UPPER(b)` FROM v_functions WHERE `count(a)` = 1;
CREATE VIEW v_derived AS SELECT * FROM (SELECT max(a), b FROM t GROUP BY b) AS d;
CREATE VIEW v_common AS WITH d AS (SELECT a+1 FROM t) SELECT `a+1` FROM d;
CREATE VIEW v_union AS SELECT a+1 FROM t UNION ALL SELECT a+2 FROM t;
CREATE VIEW v_value AS SELECT (SELECT max(a) FROM t), b FROM t WHERE EXISTS (SELECT 'b' FROM t AS u WHERE u.a = t.a AND b = 'x');
