SET NAMES utf8mb4;
SET sql_mode = '';
CREATE TABLE t (
  id int NOT NULL PRIMARY KEY, b blob, n decimal(30,2), d date, s varchar(70), i bigint, r double, c varchar(9) DEFAULT (CONCAT('v', 1.50))
);
INSERT INTO t (id, b, n, d, s, i, r) VALUES
  (1, CONCAT(x'ff', x'00'), 12345678901234567.89 + 1, CAST('2024-3-9' AS DATE), HEX(255), 0x10 + 0, 1 / 3),
  (2, CONCAT('v', 1.50), ROUND(1.005, 2), DATE('2020-02-31'), UPPER('é'), CAST('12.7' AS SIGNED), 0.1e0 + 0.2e0),
  (3, 'a' = 'A', 1 / 3 * 3, '2024-01-31' + INTERVAL 1 MONTH, SUBSTRING('ab', -5), 1 | 4 << 2, 2.5e0),
  (4, CHAR(228, 65), -7 DIV 2, STR_TO_DATE('9.3.2024', '%d.%m.%Y'), CONCAT('v', 1.50), INET_ATON('10.0.0.1'), '12' + 1),
  (5, UNHEX(MD5('a')), 1e3 / 7, LAST_DAY('2024-02-01'), LPAD(7, 3, 0), ASCII('é'), POW(2, 10)),
  (6, FROM_BASE64('/wA='), NULL, MAKEDATE(2024, 60), SHA2('a', 256), 2.5e0, ABS(-1.5)),
  (7, CONCAT(x'41', ''), IF(0, 1, 2.345), DATE_ADD(DATE'2024-12-31', INTERVAL 1 DAY), SUBSTRING_INDEX('a.b.c', '.', -2), 2.5, NULL),
  (8, 1 / 3, '1.005', 20240309, 1 / 3, -1 >> 60, CAST('1.5x' AS DECIMAL(5,1)));
