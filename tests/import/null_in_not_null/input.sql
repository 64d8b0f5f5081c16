SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, s varchar(5) NOT NULL, d date NOT NULL, e enum('p','q') NOT NULL);
INSERT INTO t VALUES (1, NULL, 'x', '2024-01-01', NULL),
  (2, 5, NULL, NULL, 'q');
INSERT INTO t VALUES (3, 5, 'y', '2024-01-01', 'p');
CREATE TABLE stamps (id int PRIMARY KEY, a timestamp NOT NULL, b timestamp NOT NULL DEFAULT '2000-01-01 00:00:00');
INSERT INTO stamps VALUES (1, '2024-01-01 00:00:00', '2024-01-01 00:00:00');
CREATE VIEW v AS SELECT id, b FROM stamps;
