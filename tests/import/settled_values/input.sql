CREATE TABLE t (id int PRIMARY KEY, u char(36), d date, s varchar(30));
INSERT INTO t VALUES (1, 'x', '2024-01-01', CONCAT('by ', 'x')),
  (2, LEFT(UUID(), 0), IF(NOW() > '2000-01-01', '2024-01-01', NULL), LEFT(USER(), 0)),
  (3, LEFT(UUID(), 0), FROM_UNIXTIME(86400), NULL);
