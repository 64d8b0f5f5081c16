-- Generated columns and defaults over TIMESTAMP have the time of day of the session that stores them.
SET time_zone = '+05:00';
CREATE TABLE t (id int PRIMARY KEY, ts timestamp NULL, dt datetime NULL, g datetime AS (ts) STORED, h int AS (HOUR(ts)) STORED, v int AS (HOUR(ts)) VIRTUAL, s timestamp AS (dt) STORED, d datetime DEFAULT (ts), y int DEFAULT (HOUR(ts)), n int AS (id + 1) STORED, KEY h (h));
INSERT INTO t (id, ts, dt) VALUES (1, '2020-01-01 02:00:00', '2020-01-01 02:00:00'), (2, NULL, NULL);
INSERT INTO t (id, ts) VALUES (3, TIMESTAMP('2020-06-01 01:30:00'));
INSERT INTO t (id, ts, d) VALUES (1, '2020-01-01 03:00:00', '2021-01-01') ON DUPLICATE KEY UPDATE ts = VALUES(ts);
SET time_zone = '+00:00';
INSERT INTO t (id, ts, dt) VALUES (4, '2020-01-01 02:00:00', '2020-01-01 02:00:00');
UPDATE t SET dt = '2020-02-02 20:00:00' WHERE id = 2;
SET time_zone = '-03:00';
UPDATE t SET ts = '2020-02-02 22:00:00' WHERE id = 4;
INSERT INTO t (id, ts) SELECT id + 10, ts FROM t WHERE id = 1;
SET time_zone = '+00:00';
