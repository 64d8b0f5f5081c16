-- Members in bytes: their case counts.
SET sql_mode = '';
CREATE TABLE t (e enum('d','v') CHARSET binary, s set('d','v') CHARACTER SET binary);
INSERT INTO t VALUES ('v', 'd,v'), ('V', 'D');
