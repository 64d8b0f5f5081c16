-- A literal has as many digits of a second as are written.
CREATE TABLE t (a datetime(3), b time(2), c datetime, d datetime(6));
INSERT INTO t VALUES (TIMESTAMP'2024-02-29 01:02:03.5', TIME'01:02:03.25', TIMESTAMP'2024-02-29 01:02:03', {ts '2024-02-29 01:02:03.123456'});
