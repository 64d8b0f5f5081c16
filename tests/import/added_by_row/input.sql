SET NAMES utf8mb4; SET sql_mode = '', time_zone = '+00:00';
-- Columns whose defaults depend on others are added: what the rows get is fitted to the column, as by an INSERT.
CREATE TABLE t (id int PRIMARY KEY, n int, s varchar(20), dt datetime) CHARACTER SET utf8mb4;
INSERT INTO t VALUES (1, -4, 'abcdef', '2020-01-02 03:04:05'), (2, 600, 'é', '2020-01-02 23:59:59'), (3, NULL, NULL, NULL);
ALTER TABLE t ADD small tinyint DEFAULT (n * 10);
ALTER TABLE t ADD dec5 dec(5) UNSIGNED DEFAULT (n / 4), ADD short varchar(2) DEFAULT (concat(s, 'xyz'));
ALTER TABLE t ADD third varchar(20) DEFAULT (n / 3), ADD fixed binary(8) DEFAULT (s), ADD day date DEFAULT (date(dt));
ALTER TABLE t ADD member enum('abcdef', 'é') DEFAULT (s), ADD digest varchar(40) DEFAULT (md5(n)), ADD root double DEFAULT (sqrt(n));
ALTER TABLE t ADD whole bigint DEFAULT (dt), ADD twice int DEFAULT (small * 2), ADD filled int NOT NULL DEFAULT (n + 1);
ALTER TABLE t ADD large bigint UNSIGNED DEFAULT (id + 18446744073709551600);
INSERT INTO t (id, n, s, dt) VALUES (4, -4, 'abcdef', '2020-01-02 03:04:05');
