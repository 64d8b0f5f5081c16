CREATE TABLE t (
  id int PRIMARY KEY, i int, r double, f float, d decimal(25,4), s varchar(20), c varchar(9) COLLATE utf8mb4_bin,
  l varchar(9) CHARACTER SET latin1, e enum('b','a'), tm time, day date, j json, z int(5) zerofill, bits bit(8)
);
INSERT INTO t VALUES (1, -1, 2.5, 0.1, 1.5, 'x', 'X', 'é', 'a', '100:00:00', '2024-01-31', '{"a": {"b": 1}}', 7, 5);
CREATE VIEW round_of_real AS SELECT round(r, 1) AS v FROM t;
CREATE VIEW concat_of_real AS SELECT concat(r, ' kg') AS v FROM t;
CREATE VIEW sum_of_real AS SELECT sum(r) AS v FROM t;
CREATE VIEW float_computed AS SELECT f + 1 AS v FROM t;
CREATE VIEW float_compared AS SELECT f = 0.1 AS v FROM t;
CREATE VIEW long_decimals AS SELECT d * 2 = d * 3 AS v FROM t;
CREATE VIEW bits_or AS SELECT i | 1 AS v FROM t;
CREATE VIEW bits_xor AS SELECT i ^ 1 AS v FROM t;
CREATE VIEW bits_left AS SELECT i << 1 AS v FROM t;
CREATE VIEW bits_right AS SELECT i >> 1 AS v FROM t;
CREATE VIEW quotient_computed AS SELECT i / 3 * 100 AS v FROM t;
CREATE VIEW text_computed AS SELECT s + 1 AS v FROM t;
CREATE VIEW text_condition AS SELECT id FROM t WHERE s;
CREATE VIEW text_as_date AS SELECT year(s) AS v FROM t;
CREATE VIEW wrong_day AS SELECT id FROM t WHERE day = '2020-02-31';
CREATE VIEW date_of_literal AS SELECT date('2020-02-31') AS v FROM t;
CREATE VIEW enum_sorted AS SELECT id FROM t ORDER BY e;
CREATE VIEW enum_number AS SELECT e + 0 AS v FROM t;
CREATE VIEW enum_greatest AS SELECT max(e) AS v FROM t;
CREATE VIEW time_compared AS SELECT id FROM t WHERE tm > '20:30:00';
CREATE VIEW json_compared AS SELECT id FROM t WHERE j = '{}';
CREATE VIEW json_made AS SELECT json_object('a', id) AS v FROM t;
CREATE VIEW length_of_latin1 AS SELECT length(l) AS v FROM t;
CREATE VIEW zero_filled AS SELECT concat('no. ', z) AS v FROM t;
CREATE VIEW two_types AS SELECT id AS v FROM t UNION SELECT s FROM t;
CREATE VIEW unsigned_cast AS SELECT cast(i AS unsigned) AS v FROM t;
CREATE VIEW bit_literal AS SELECT b'101' AS v FROM t;
CREATE VIEW hex_of_decimal AS SELECT hex(d) AS v FROM t;
CREATE VIEW fine AS SELECT id, f, r, d, tm, j, bits, f > 0 AS p, r * 2 AS q, max(i) OVER (ORDER BY id) AS w, d * 2 AS x FROM t;
