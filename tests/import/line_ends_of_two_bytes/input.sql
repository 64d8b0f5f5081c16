-- Clients send LF where a file has CRLF, in quotes too; what programs write as \r stays, and so do bytes.
CREATE TABLE t (
  id INT PRIMARY KEY,
  a TEXT DEFAULT 'x
y',
  b BLOB,
  e ENUM('one
two', 'three'),
  d DATE COMMENT 'a
comment'
);
INSERT INTO t VALUES (1, 'line
two', 0x0d0a, 'one
two', '2020-01-02');
INSERT INTO t VALUES (2, 'as\r\nwritten', _binary 'b\r\n', 'three', NULL), (3, 'it''s
\
\\
', NULL, NULL, NULL);
INSERT INTO t (id) VALUES (4);
INSERT INTO t (id, a) VALUES (5, CONCAT('p
q', 'r'));
UPDATE t SET a = CONCAT(a, '
end') WHERE a = 'line
two';
CREATE TABLE `two
lines` (`a
b` INT);
INSERT INTO t (id, a) VALUES (6, 'ab
c
d');
UPDATE t SET a = 'twice
' WHERE id = 4;
