SET sql_mode='';
CREATE TABLE t (
  id int PRIMARY KEY, d date NOT NULL, o date, f datetime(3) NOT NULL, g timestamp NOT NULL DEFAULT '2000-01-01 00:00:00', what text
);
INSERT INTO t VALUES
  (1, '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00 00:00:00', ''), (2, '2000-01-01', NULL, '2000-01-01', '2000-01-01', ''),
  (3, '0000-00-00', '2000-01-01', '0000-00-00', '2000-01-01', '');
CREATE TABLE log (n int);
-- A server takes the zero day of a DATE or DATETIME column that is NOT NULL for NULL, in a condition's AND and OR only.
UPDATE t SET what = CONCAT(what, ' date') WHERE d IS NULL;
UPDATE t SET what = CONCAT(what, ' datetime') WHERE t.f IS UNKNOWN;
UPDATE t SET what = CONCAT(what, ' both') WHERE (d IS NULL OR id = 7) AND ISNULL(f);
UPDATE t SET what = CONCAT(what, ' nullable') WHERE o IS NULL;
UPDATE t SET what = CONCAT(what, ' timestamp') WHERE g IS NULL;
UPDATE t SET what = CONCAT(what, ' not') WHERE d IS NOT NULL;
UPDATE t SET what = CONCAT(what, ' xor') WHERE d IS NULL XOR id = 2;
UPDATE t SET what = CONCAT(what, ' truth') WHERE (d IS NULL) IS TRUE;
UPDATE t SET what = CONCAT(what, ' if') WHERE IF(d IS NULL, 1, 0);
INSERT INTO log SELECT id FROM t WHERE d IS NULL;
INSERT INTO log SELECT COUNT(*) + 100 FROM t WHERE f IS NULL;
INSERT INTO log SELECT COUNT(*) + 200 FROM t WHERE g IS NULL;
DELETE FROM t WHERE d IS NULL AND id > 1;
