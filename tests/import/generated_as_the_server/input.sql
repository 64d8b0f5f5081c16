SET NAMES utf8mb4;
CREATE TABLE t (
  id int NOT NULL PRIMARY KEY, r double, s varchar(20), n decimal(8,2), d date,
  h varchar(20) AS (hex(id)) STORED,
  kg varchar(30) AS (concat(r, ' kg')) STORED,
  one double AS (round(r, 1)) STORED,
  nothing varchar(9) AS (hex(NULL)) STORED,
  tail varchar(9) AS (substring(s, -2)) STORED,
  ored bigint unsigned AS (-id | 1) STORED,
  xored bigint unsigned AS (-id ^ 5) STORED,
  moved bigint unsigned AS (-id >> 60) STORED,
  big varchar(20) AS (upper(s)) STORED,
  half decimal(10,4) AS (n / 3) STORED,
  y int AS (year(d)) STORED,
  next date AS (d + interval 1 month) STORED,
  of_next int AS (month(next)) STORED,
  twice int AS (id * 2) STORED,
  named varchar(40) AS (concat(id, ': ', s)) STORED
);
INSERT INTO t (id, r, s, n, d) VALUES (1, 2.25, 'é', 10.00, '2024-01-31'), (255, 3, 'abc', -0.05, NULL), (3, NULL, NULL, NULL, '2020-02-29');
CREATE TABLE empty_one (id int PRIMARY KEY, a varchar(9), low varchar(9) AS (lower(a)) STORED, more int AS (id + 1) VIRTUAL);
CREATE TABLE unknown_one (id int PRIMARY KEY, a json, b varchar(9) AS (json_unquote(json_extract(a, '$.x'))) STORED);
INSERT INTO unknown_one (id, a) VALUES (1, '{"x": "y"}');
