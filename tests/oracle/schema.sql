-- What a real MariaDB is loaded with by tests/integration/import_oracle.rs: every type and option of
-- the importer's grammar with hostile values. Made by the project; it must load into MariaDB 10.11.
SET sql_mode = '';
SET NAMES utf8mb4;
SET time_zone = '+00:00';
CREATE DATABASE oracle CHARACTER SET utf8mb4;
USE oracle;

-- Numbers: least and greatest of every type, and the bytes 10, 39 and 92 as bits.
CREATE TABLE ints (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  a tinyint, b tinyint unsigned, c smallint(5) zerofill, d mediumint unsigned, e int, f bigint,
  g bigint unsigned, h bool, y year, y2 bit(1), y3 bit(8) DEFAULT b'101', y4 bit(64)
) AUTO_INCREMENT = 100;
INSERT INTO ints VALUES
  (1, -128, 0, 0, 0, -2147483648, -9223372036854775808, 0, 0, 1901, 0, 0, 0),
  (2, 127, 255, 65535, 16777215, 2147483647, 9223372036854775807, 9223372036854775807, 1, 2155, 1,
   255, 0x7FFFFFFFFFFFFFFF + 0),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 39, 39),
  (5, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 92, 92),
  (6, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 10, 10);
CREATE TABLE above_i64 (id bigint unsigned NOT NULL PRIMARY KEY, v bigint unsigned, b bit(64));
INSERT INTO above_i64 VALUES
  (1, 1, 1),
  (18446744073709551615, 18446744073709551615, 18446744073709551615),
  (9223372036854775808, 5, 39);
CREATE TABLE decimals (
  a decimal(65,30), b decimal(10,2) DEFAULT 1.5, c decimal(5,0), d float, e double, f float(7,4),
  g double(10,3), h decimal(8,3) zerofill, k decimal(30,10) NOT NULL DEFAULT '0.1'
);
INSERT INTO decimals VALUES
  (12345678901234567890123456789012345.123456789012345678901234567890, -1.10, 99999, 1.1,
   2.2250738585072014e-308, 12.3456, 1234.567, 12.5, 1),
  (-0.5, 0, 0, 3.402823466e38, 1.7976931348623157e308, -1, -0.1, 0, 12345678901234567890.1234567891),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0),
  (1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 1),
  (1, 1, 1, 1e-10, 1e-300, 0.1, 0.1, 0.1, 1),
  (1, 1, 1, 16777217, 9007199254740993, 0.1, 0.1, 0.1, 1),
  (-99999999999999999999999999999999999.999999999999999999999999999999, -99999999.99, -99999,
   -3.402823466e38, -1.7976931348623157e308, -999.9999, -9999999.999, 99999.999, 0);

-- Times: zero dates, invalid days, fractions, negative and longest durations.
CREATE TABLE times (
  a date, b datetime, c datetime(6),
  d timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  e timestamp(3) NULL, f time, g time(6), h year(4), i datetime(2) DEFAULT current_timestamp(2)
);
INSERT INTO times VALUES
  ('0000-00-00', '0000-00-00 00:00:00', '1000-01-01 00:00:00.000001', '2020-01-01 00:00:00',
   '1970-01-01 00:00:01.001', '-838:59:59', '838:59:59', 0, '2020-01-01'),
  ('9999-12-31', '9999-12-31 23:59:59', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07',
   '2038-01-19 03:14:07.999', '00:00:00', '-00:00:00.000001', 1901, '2020-01-01 01:01:01.99'),
  ('2020-00-15', '2020-02-00 00:00:00', NULL, '0000-00-00', NULL, NULL, NULL, NULL, NULL);

-- Text in many character sets: quotes, escapes, text that looks like SQL, 4-byte characters.
CREATE TABLE texts (
  id int PRIMARY KEY, a varchar(300), b char(10), c text, d longtext CHARACTER SET latin1,
  e varchar(50) CHARACTER SET cp932, f varchar(50) CHARACTER SET ujis COLLATE ujis_bin,
  g varchar(50) CHARACTER SET gbk, h varchar(20) COLLATE utf8mb4_bin,
  u varchar(20) CHARACTER SET ucs2,
  UNIQUE KEY h (h), KEY pre (a(10) DESC), FULLTEXT KEY ft (c)
);
INSERT INTO texts VALUES
  (1, 'it''s "q" `b` \\ \n\r\t\0\Z\b %_ ''', 'abc   ', '-- x\n/* y */ ); INSERT INTO', 'é€ÿ',
   '表ソ能', '日本語〜', '中国錦', 'a', '表'),
  (2, '', '', '', '', '', '', '', 'A', 'é'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, '🪑😀𠮷', 'NULL', '0x41\\', 'x', 'ポ', 'x', 'x', 'b', 'x'),
  (5, '\\''\\\\', '\\n', '\n.shell echo\nCREATE x\n);\n', 'x', 'ー', 'x', 'x', 'é', 'y');

-- Bytes: all 256, alone and beside a quote, a NUL and a backslash.
CREATE TABLE bins (
  id int PRIMARY KEY, a binary(5), b varbinary(300), c blob, d longblob, e tinyblob, m mediumblob,
  x char(3) CHARACTER SET binary
);
INSERT INTO bins VALUES
  (1, 'ab', x'00ff', x'', 'text', '', 'm', 0x41),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE bytes (
  b int PRIMARY KEY, one varbinary(1), around blob, latin varchar(9) CHARACTER SET latin1
);
INSERT INTO bytes
  SELECT seq, unhex(lpad(hex(seq), 2, '0')), unhex(concat('00', lpad(hex(seq), 2, '0'), '275c')),
    CONVERT(unhex(lpad(hex(seq), 2, '0')) USING latin1)
  FROM seq_0_to_255;

-- Types that choose among members, and those of MariaDB.
CREATE TABLE enums (
  id int, e enum('a', 'b)', 'c''d', 'x,y', ''), s set('p', 'q', 'r''s', 't)u'),
  e2 enum('yes', 'no') NOT NULL DEFAULT 'no', e3 enum('É', '日')
);
INSERT INTO enums VALUES
  (1, 'a', 'p,q', 'yes', 'É'), (2, 'c''d', '', 'no', '日'), (3, '', 'r''s,t)u', 'zzz', NULL),
  (4, NULL, NULL, 'no', NULL), (5, 'x,y', 'p', 'no', NULL);
CREATE TABLE others (id int PRIMARY KEY, j json, u uuid, i6 inet6, i4 inet4);
INSERT INTO others VALUES
  (1, '{"a": [1, "é\\"x"]}', '123e4567-e89b-12d3-a456-426655440000', '2001:db8::1', '10.0.0.1'),
  (2, NULL, NULL, NULL, NULL);
CREATE TABLE shapes (
  id int PRIMARY KEY, g geometry, p point NOT NULL, l linestring, SPATIAL KEY p (p)
);
INSERT INTO shapes VALUES
  (1, ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 4326), ST_GeomFromText('POINT(1.5 -2)'),
   ST_GeomFromText('LINESTRING(0 0,39 92)')),
  (2, NULL, ST_GeomFromText('POINT(39 92)'), NULL);

-- Generated columns, checks, keys, names.
CREATE TABLE generated (
  id int PRIMARY KEY, a int, b int AS (a * 2) VIRTUAL, c varchar(20) AS (concat('x', a)) STORED,
  d decimal(10,2) AS (a / 3) PERSISTENT, e int AS (a + 1) STORED, m char(32) AS (md5(a)) STORED
);
INSERT INTO generated (id, a) VALUES (1, 5), (2, NULL), (3, -7);
CREATE TABLE checks (
  id int PRIMARY KEY, price decimal(10,2) CHECK (price >= 0.5 AND price < 1000), n int NOT NULL,
  j longtext CHECK (json_valid(j)), em varchar(20) CHECK (em REGEXP 'x'),
  CONSTRAINT named CHECK (n BETWEEN 1 AND 99)
);
INSERT INTO checks VALUES (1, 20.00, 5, '{}', 'x'), (2, 999.99, 99, '[1]', 'x');
CREATE TABLE `we``ird "na.me` (
  `date` date, `key` int, `or``der` int, `sel"ect` varchar(3), `日本` int, `2nd` int, value_enum int,
  PRIMARY KEY (`key`, `or``der`), KEY `k``1` (`日本`)
) COMMENT = 'a, b) it''s; x';
INSERT INTO `we``ird "na.me` VALUES
  ('2020-01-01', 1, 2, 'x"', 3, 4, 5), ('2020-01-01', 1, 1, NULL, NULL, NULL, NULL);
CREATE TABLE parent (
  id int PRIMARY KEY, code varchar(10) UNIQUE, up int,
  FOREIGN KEY (up) REFERENCES parent (id) ON DELETE SET NULL
);
CREATE TABLE child (
  id int PRIMARY KEY AUTO_INCREMENT, pid int, code varchar(10),
  CONSTRAINT fk1 FOREIGN KEY (pid) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT fk2 FOREIGN KEY (code) REFERENCES parent (code) ON UPDATE CASCADE
) AUTO_INCREMENT = 77;
INSERT INTO parent VALUES (1, 'a', NULL), (2, 'b', 1);
INSERT INTO child VALUES (1, 1, 'a'), (2, 2, 'b'), (3, NULL, NULL);
CREATE TABLE parts (id int, y int, PRIMARY KEY (id, y))
  PARTITION BY RANGE (y)
  (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
INSERT INTO parts VALUES (1, 1), (2, 20);
CREATE TABLE no_key (a int, b varchar(10));
INSERT INTO no_key VALUES (1, 'x'), (1, 'x'), (2, NULL);
CREATE TABLE text_key (a varchar(20) PRIMARY KEY, b int INVISIBLE DEFAULT 7);
INSERT INTO text_key (a, b) VALUES ('b', 1), ('a', 2), ('Ö', 3);
CREATE TABLE no_rows (id int PRIMARY KEY, d varchar(10) DEFAULT 'x');

-- What is no table.
CREATE VIEW v1 AS
  SELECT t.id, t.a, b.id AS bid FROM texts t LEFT JOIN bins b ON b.id = t.id WHERE t.id > 1;
CREATE VIEW v2 AS
  SELECT e, count(*) AS n, sum(id) AS s FROM enums GROUP BY e HAVING n > 0;
CREATE VIEW v3 AS SELECT * FROM v1 ORDER BY id DESC LIMIT 2;
DELIMITER //
CREATE TRIGGER tr BEFORE INSERT ON no_key FOR EACH ROW BEGIN
  SET NEW.a = NEW.a; IF NEW.b = ';' THEN SET NEW.b = 'x'; END IF;
END//
CREATE PROCEDURE pr() BEGIN SELECT ';'; SELECT 1; END//
CREATE FUNCTION fu() RETURNS int DETERMINISTIC RETURN 1//
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO SELECT 1//
CREATE SEQUENCE sq START WITH 5//
DELIMITER ;
