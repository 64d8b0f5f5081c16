-- The default of a binary column is written in its bytes, which need not be text.
SET NAMES utf8mb4;
CREATE TABLE t (
  id int PRIMARY KEY,
  a varbinary(9) DEFAULT 'þ\0''',
  b binary(4) DEFAULT 'ÿ',
  c varbinary(9) DEFAULT 'text'
);
INSERT INTO t (id) VALUES (1);
