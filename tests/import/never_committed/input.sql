-- A server undoes what the client did not commit.
CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, s varchar(20));
SET autocommit = 0;
INSERT INTO t (s) VALUES ('kept');
COMMIT;
INSERT INTO t (s) VALUES ('gone'), ('gone');
DELETE FROM t;
INSERT INTO t (s) VALUES ('gone'), ('gone');
