/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
SET NAMES utf8mb4;
CREATE TABLE numbers (
  a tinyint, b int unsigned, c bigint, d decimal(5,2), e decimal(5,2) unsigned, f float(5,2), g double unsigned,
  h bit(8), i year, j mediumint zerofill, k decimal(2,2)
);
INSERT INTO numbers VALUES (300, -1, 1e20, 1000, -5, 1.239, -0.5, 256, 1800, -1, 1),
  (-300, 4294967296, -1e20, -999.995, 1000, 1000, 1, -1, 2156, 16777216, -0.999),
  ('300x', '-1', '9223372036854775808', '1e9', '-1', '1e9', '1', 'ab', '100', '99999999', '7'),
  (127, 4294967295, 9223372036854775807, 999.99, 0, 999.99, 0, 255, 2155, 16777215, 0.99);
CREATE TABLE texts (
  a char(3), b varchar(3), c tinytext, d tinytext CHARACTER SET utf16, e varbinary(3), f tinyblob, g char(3) CHARACTER SET latin1,
  h binary(3), i text(10), j varchar(3) COLLATE utf8mb4_bin
);
INSERT INTO texts VALUES ('abcd', '日本語x', CONCAT(REPEAT('a', 254), '日'), REPEAT('é', 128), 'abcd', REPEAT('x', 256), 'éèçà',
    'abcd', REPEAT('i', 256), 12345),
  ('ab   ', 'ab   ', 'c', 'd', x'61626364', 'f', 'é  ', 'ab', 'i', 'abc\t'),
  ('ab cd', 'abc', '日本語', '日本語', 'abc', 'f', 'é é é', 'abc', '日本語', 'abc');
CREATE TABLE stamps (a timestamp NULL, b timestamp(2) NULL);
INSERT INTO stamps VALUES ('1960-01-01 00:00:00', '2110-01-01 10:11:12'), ('1970-01-02 00:00:00', '0000-00-00 00:00:00.00');
CREATE TABLE computed (a tinyint, b tinyint, c varchar(2), d decimal(3,1));
INSERT INTO computed (a, b, c, d) VALUES (1, 100 + 100, CONCAT('abc', 'd'), 99 + 1.0);
CREATE TABLE computed_column (a tinyint, b tinyint AS (a * 10) STORED, c varchar(3), d varchar(2) AS (c) VIRTUAL);
INSERT INTO computed_column (a, c) VALUES (100, 'abc');
