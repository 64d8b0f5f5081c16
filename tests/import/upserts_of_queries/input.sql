-- Rows of queries that change those that are there.
SET sql_mode = '';
CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, v int, w varchar(20), UNIQUE (name));
CREATE TABLE s (id int PRIMARY KEY, name varchar(20), v int, x int, label varchar(20));
INSERT INTO t (name, v, w) VALUES ('a',1,'one'),('b',2,'two');
INSERT INTO s VALUES (1,'a',10,5,'L1'),(2,'c',20,6,'L2'),(3,'b',30,7,'L3'),(4,'c',40,8,'L4');
INSERT INTO t (name, v) SELECT name, v FROM s ON DUPLICATE KEY UPDATE v = VALUES(v);
INSERT INTO t (name, v) SELECT s.name, s.v FROM s WHERE s.id < 4 ORDER BY s.id ON DUPLICATE KEY UPDATE t.v = t.v + s.v, w = CONCAT(IFNULL(w,''), '!');
INSERT INTO t (name, v) SELECT 'z', COUNT(*) FROM s ON DUPLICATE KEY UPDATE v = VALUES(v);
INSERT INTO t (name, v) SELECT 'z', 5 ON DUPLICATE KEY UPDATE v = v + VALUES(v);
INSERT INTO t (name, v, w) SELECT x.name, x.v, x.label FROM s AS x ON DUPLICATE KEY UPDATE w = x.label, v = x.v;
INSERT INTO t (name, v) VALUES ('last', 1);
CREATE TABLE t2 (k int PRIMARY KEY, total int, names varchar(200));
INSERT INTO t2 SELECT x, v, label FROM s ON DUPLICATE KEY UPDATE total = total + VALUES(total), names = CONCAT(names, ',', label);
INSERT INTO t2 SELECT x, v, label FROM s WHERE id > 1 ON DUPLICATE KEY UPDATE total = total + VALUES(total), names = CONCAT(names, ',', label);
INSERT INTO t2 SELECT k, total, names FROM t2 AS o ON DUPLICATE KEY UPDATE total = o.total * 2;
INSERT INTO t2 (k, total) SELECT s.x, t.v FROM s JOIN t ON t.name = s.name ON DUPLICATE KEY UPDATE total = VALUES(total) + 1;
