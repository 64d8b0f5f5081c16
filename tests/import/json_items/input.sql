-- What a value is in JSON depends on the expression that it comes from.
CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, j longtext);
INSERT INTO t (j) VALUES (JSON_ARRAY(TRUE, false, NULL)), (JSON_ARRAY(1 = 1, NOT 1, 2 > 1, 1 IS NULL, 1 IN (2), 'a' LIKE 'b', 1 AND 1, NULL = 1)),
  (JSON_ARRAY(JSON_ARRAY(1), JSON_OBJECT('a', JSON_ARRAY()), '{"a":1}')), (JSON_ARRAY(2.50, -0.5, 1e3, 1.0e0, 1e20, 0.1e0, 18446744073709551615)),
  (JSON_ARRAY('a/b', 'tab\t', 'nl\n', 'q"q', 'é', '\\', 'bell\a \Z', '')), (JSON_ARRAY(CONCAT('[', 1, ']'), CAST(5 AS CHAR), DATE '2020-01-01', TIME '10:00:00')),
  (JSON_OBJECT('network', 'GSM', 'body', '5.11', 'n', 5)), (JSON_OBJECT('b', 1, 'a', 2, 'b', TRUE)), (JSON_OBJECT('k', JSON_OBJECT('z', 1), 't', 1 <> 1)), (JSON_OBJECT()), (JSON_ARRAY());
CREATE TABLE s (id int PRIMARY KEY, name varchar(20), n decimal(8,2), d date, j json, f int);
INSERT INTO s VALUES (1, 'a "b"', 1.50, '2020-01-02', '{"x": [1]}', 1), (2, 'nobody', NULL, NULL, '5', 0);
INSERT INTO t (j) SELECT JSON_OBJECT('id', id, 'name', name, 'n', n, 'd', d, 'f', f, 'big', id > 1) FROM s;
INSERT INTO t (j) VALUES (JSON_OBJECT('o', (SELECT name FROM s WHERE id = 2), 'c', IF(1, 'yes', 'no'), 'n', IFNULL(NULL, 7)));
