SET sql_mode='ALLOW_INVALID_DATES';
CREATE TABLE t (
  id int NOT NULL,
  made timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  seen datetime(3) DEFAULT CURRENT_TIMESTAMP(3),
  day date DEFAULT (curdate()),
  PRIMARY KEY (id)
);
INSERT INTO t VALUES (1,'2020-01-01 00:00:00','2020-01-01 00:00:00.500','2020-02-30'),(2,'0000-00-00 00:00:00',NULL,'0000-00-00');
