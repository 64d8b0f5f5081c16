-- How long to wait for a table is nothing that a file has to do with.
CREATE TABLE t (id INT PRIMARY KEY);
INSERT INTO t VALUES (1);
ALTER TABLE t WAIT 5 ADD x INT DEFAULT 2;
ALTER TABLE t NOWAIT ADD (y INT, z INT, INDEX yz (y, z), UNIQUE (z)), ORDER BY x, id DESC;
RENAME TABLE t WAIT 5 TO u;
ALTER TABLE u RENAME = v;
ALTER TABLE IF EXISTS gone ADD x INT;
INSERT INTO v VALUES (2, 3, 4, 5);
