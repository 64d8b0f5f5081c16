CREATE TABLE item (
  id int PRIMARY KEY, n int unsigned, price decimal(10,2), rate decimal(6,3), qty int, s varchar(20), b varbinary(4),
  kind enum('a','B'), day date, stamp datetime, y year, tags json
);
INSERT INTO item VALUES
  (1, 5, 9.50, 1.005, 3, 'abc', x'00ff', 'a', '2024-01-31', '2024-02-29 10:11:12', 2024, '{"a": 1.50, "s": "x y", "z": null}'),
  (2, 4294967295, -0.05, -2.345, -7, 'XYZ', '', 'B', '2020-02-29', '2023-12-31 23:59:59', 0, '{"a": true}'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 0, 12345678.90, 0.000, 100, '', 'ab', 'a', '0000-00-00', '0000-00-00 00:00:00', 1999, '[1]');
CREATE VIEW v_hex AS SELECT id, HEX(id) AS a, HEX(s) AS b, HEX(b) AS c, HEX(qty) AS d, HEX(NULL) AS e FROM item;
CREATE VIEW v_part AS SELECT id, SUBSTRING(s, -2) AS a, SUBSTRING(s, -5) AS b, SUBSTRING(s, 0) AS c, SUBSTRING(s, 2, -1) AS d,
  SUBSTRING(s, qty) AS e, LEFT(s, -1) AS f, RIGHT(s, 0) AS g, RIGHT(s, 2) AS h, SUBSTRING(b, 2) AS i FROM item;
CREATE VIEW v_exact AS SELECT id, price * 2 AS a, price + rate AS b, price * rate AS c, price - 1 AS d, -price AS e, qty % 3 AS f,
  12345678901234567.8 + 1 AS g, 1.50 AS h, price * qty AS i FROM item;
CREATE VIEW v_quotient AS SELECT id, price / 3 AS a, qty / 2 AS b, qty DIV 2 AS c, price DIV 2 AS d, qty / 0 AS e, ROUND(price / 3, 2) AS f FROM item;
CREATE VIEW v_round AS SELECT id, ROUND(rate, 2) AS a, ROUND(rate) AS b, ROUND(qty) AS c, TRUNCATE(rate, 1) AS d, FLOOR(rate) AS e,
  CEIL(rate) AS f, ABS(rate) AS g, SIGN(price) AS h, ROUND(price, 3) AS i FROM item;
CREATE VIEW v_sum AS SELECT SUM(price) AS a, AVG(price) AS b, MIN(price) AS c, MAX(rate) AS d, SUM(qty) AS e, AVG(qty) AS f,
  COUNT(DISTINCT price) AS g, SUM(price * qty) AS h, ROUND(AVG(price), 1) AS i, SUM(price) / COUNT(*) AS j FROM item;
CREATE VIEW v_having AS SELECT kind, SUM(price) AS total FROM item GROUP BY kind HAVING total > 9.6;
CREATE VIEW v_over_total AS SELECT total FROM v_having WHERE total > 100;
CREATE VIEW v_bits AS SELECT id, n | 1 AS a, n & 6 AS b, n ^ 3 AS c, n >> 2 AS d, n << 3 AS e, qty & 255 AS f, 1 << 4 AS g FROM item;
CREATE VIEW v_concat AS SELECT id, CONCAT(price, ' kg') AS a, CONCAT(price * 2, '') AS b, CONCAT(id, y, kind) AS c, CONCAT_WS('-', day, price) AS d FROM item;
CREATE VIEW v_choice AS SELECT id, IF(qty > 0, price, 1) AS a, IFNULL(price, 0) AS b, COALESCE(rate, price, 7) AS c,
  CASE WHEN qty > 0 THEN 'x' ELSE id END AS d, NULLIF(price, 9.5) AS e, GREATEST(price, rate) AS f, IF(id = 1, day, stamp) AS g FROM item;
CREATE VIEW v_cast AS SELECT id, CAST(price AS SIGNED) AS a, CAST(s AS SIGNED) AS b, CAST(rate AS DECIMAL(4,1)) AS c, CAST(price AS DECIMAL(4,2)) AS d,
  CAST(qty AS CHAR) AS e, CAST(stamp AS DATE) AS f, CAST(day AS DATETIME) AS g, CAST(price AS CHAR(3)) AS h FROM item;
CREATE VIEW v_dates AS SELECT id, YEAR(day) AS a, MONTH(stamp) AS b, DAY(day) AS c, HOUR(stamp) AS d, DATE(stamp) AS e, DAYOFWEEK(day) AS f,
  LAST_DAY(day) AS g, DATEDIFF(stamp, day) AS h, DATE_FORMAT(day, '%W, %e. %M %Y') AS i, DATE_FORMAT(stamp, '%d.%m.%y %T') AS j FROM item;
CREATE VIEW v_moved AS SELECT id, day + INTERVAL 1 MONTH AS a, day - INTERVAL 1 YEAR AS b, stamp + INTERVAL 1 MONTH AS c, day + INTERVAL qty DAY AS d,
  stamp - INTERVAL 2 HOUR AS e, DATE_ADD(day, INTERVAL 1 QUARTER) AS f, day + INTERVAL 90 MINUTE AS g FROM item;
CREATE VIEW v_compared AS SELECT id, day = '2024-1-31' AS a, stamp > '2024-01-01' AS b, day < stamp AS c, price = 9.5 AS d, price > '9' AS e,
  s = 12 AS f, b = 'ab' AS g, kind = 'A' AS h, price BETWEEN 1 AND 9.5 AS i, qty IN (3, 100) AS j, CONCAT(s, '') = 'ABC' AS k FROM item;
CREATE VIEW v_found AS SELECT id, INSTR(s, 'B') AS a, LOCATE('yz', s) AS b, s LIKE 'A%' AS c, id LIKE '1%' AS d, REPLACE(s, 'a', 'x') AS e FROM item;
CREATE VIEW v_json AS SELECT id, JSON_UNQUOTE(JSON_EXTRACT(tags, '$.a')) AS a, JSON_UNQUOTE(JSON_EXTRACT(tags, '$.s')) AS s,
  JSON_UNQUOTE(JSON_EXTRACT(tags, '$.z')) AS z, JSON_EXTRACT(tags, '$.s') AS q FROM item;
CREATE VIEW v_union AS SELECT price FROM item UNION SELECT price FROM item WHERE id = 1;
CREATE VIEW v_sorted AS SELECT id, price FROM item ORDER BY price DESC, id LIMIT 2;
