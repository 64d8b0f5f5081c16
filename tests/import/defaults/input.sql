SET sql_mode='';
CREATE TABLE t (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  bits bit(8) NOT NULL DEFAULT b'101', doc json NOT NULL DEFAULT (_utf8mb4'[]'), list longtext NOT NULL DEFAULT '[]',
  price decimal(10,2) DEFAULT '1.5', n int DEFAULT '0', neg smallint DEFAULT -1, r double DEFAULT 1e3,
  s varchar(20) DEFAULT 'it''s', empty varchar(20) NOT NULL DEFAULT '', expr int DEFAULT (1 + 2 * 3),
  b blob DEFAULT x'00ff', yes bool DEFAULT TRUE, z timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  nothing varchar(5) DEFAULT NULL, required int NOT NULL
);
INSERT INTO t (id, required) VALUES (5, 1);
INSERT INTO t (required, s) VALUES (2, DEFAULT), (3, DEFAULT(s));
INSERT INTO t () VALUES ();
