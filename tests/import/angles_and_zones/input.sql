-- Angles, logarithms, times in another zone, and what only a server knows.
SET sql_mode = '';
CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, v varchar(50), d double);
INSERT INTO t (v, d) VALUES (PI(), PI()), (PI() * 2, PI() * 2), (CONCAT(PI()), PI() / 180), (ROUND(PI(), 4), SIN(PI() / 6)),
  (SIN(1), SIN(1)), (COS(1), COS(2.5)), (TAN(1), TAN(-1)), (COT(1), COT(2)), (ASIN(0.5), ACOS(0.5)), (ASIN(2), ACOS(-2)), (ATAN(1), ATAN(-3)), (ATAN(1, 2), ATAN2(1, 2)),
  (LOG(2), LOG(10)), (LOG(2, 8), LOG(10, 1000)), (LOG(0), LOG(1, 5)), (LOG(0, 5), LOG(2, -1)), (EXP(1), LN(0)),
  (6371 * ACOS(COS(RADIANS(52.5)) * COS(RADIANS(48.8)) * COS(RADIANS(2.35) - RADIANS(13.4)) + SIN(RADIANS(52.5)) * SIN(RADIANS(48.8))), 0);
CREATE TABLE m (id int AUTO_INCREMENT PRIMARY KEY, m datetime(1));
INSERT INTO m (m) VALUES (CONVERT_TZ('2020-01-01 12:00:00', '+00:00', '+05:30')), (CONVERT_TZ('2020-01-01 01:00:00.5', '+2:00', '-11:45')), (CONVERT_TZ('2020-03-01', '+01:00', '+00:00')), (CONVERT_TZ('1960-01-01 10:00:00', '+00:00', '+01:00')), (CONVERT_TZ(NULL, '+00:00', '+01:00')),
  (TIMESTAMP('2020-01-01', '10:11:12')), (TIMESTAMP('2020-02-28 10:00:00', '24:00:00')), (TIMESTAMP('2020-01-01', '-01:00')), (TIMESTAMP('2020-01-01', NULL)), (TIMESTAMP(DATE '2020-01-01', '01:02'));
CREATE TABLE s (id int, v varchar(50));
INSERT INTO s VALUES (1, LOAD_FILE('/nowhere/at/all')), (2, IF(CONNECTION_ID() > 0, 'connected', 'not')), (3, IF(VERSION() > '5', 'new', 'old'));
