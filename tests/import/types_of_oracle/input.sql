-- In one of MariaDB's modes types mean what they mean to Oracle.
CREATE TABLE before_it (a DECIMAL, b DATE, c oracle_schema.DATE);
INSERT INTO before_it VALUES (1.5, '2020-02-03 04:05:06', '2020-02-03 04:05:06');
SET sql_mode = 'ORACLE';
CREATE TABLE t (a NUMBER, b NUMBER(8), c NUMBER(8,2), d DATE, e mariadb_schema.DATE, f VARCHAR2(5), g RAW(4), h CLOB);
INSERT INTO t VALUES (1.5, 2.5, 3.14, '2020-02-03 04:05:06', '2020-02-03', 'x', 'y', 'z');
