-- Days that a server keeps with ALLOW_INVALID_DATES, and so do its dumps.
SET sql_mode = 'ALLOW_INVALID_DATES';
CREATE TABLE t (id int PRIMARY KEY, d date, a datetime, b datetime(1), c datetime(6));
INSERT INTO t VALUES (1, '2024-02-30', '2024-02-30 10:11:12', '2024-02-30 00:00:00.0', '2023-04-31 10:11:12.123450');
INSERT INTO t VALUES (2, '2024-02-31', '2023-02-29 00:00:00', '2024-06-31 23:59:59.5', '2023-02-30 23:59:59');
