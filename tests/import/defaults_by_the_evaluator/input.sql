SET sql_mode = ''; CREATE TABLE a (id int PRIMARY KEY, a tinyint DEFAULT (id * 10), d decimal(20,2) DEFAULT (id / 3), h varchar(20) DEFAULT (HEX(id)),
  m varchar(32) DEFAULT (MD5(id)), e enum('x','y') DEFAULT 'y', n int DEFAULT (e + 0), t varchar(9) DEFAULT (CONCAT(e, '!')));
INSERT INTO a (id) VALUES (1), (20);
INSERT INTO a (id, e, d) VALUES (300, 'x', DEFAULT);
CREATE TABLE g (e enum('x','y','z'), s set('p','q','r'), en int AS (e + 0), sn int AS (s + 0) STORED, et varchar(9) AS (CONCAT(e, s)), eq int AS (e = 'Y'), h varchar(9) AS (HEX(e)));
INSERT INTO g (e, s) VALUES ('y', 'p,r'), (NULL, ''), ('x', 'q');
CREATE TABLE stamps (id int PRIMARY KEY, made timestamp DEFAULT CURRENT_TIMESTAMP, seen datetime(3) DEFAULT CURRENT_TIMESTAMP(3));
INSERT INTO stamps VALUES (1, '2024-01-05 10:11:12', '2024-01-05 10:11:12.345');
CREATE TABLE counts (k varchar(9) PRIMARY KEY, n int, total decimal(10,2), last date, note varchar(20));
INSERT INTO counts VALUES ('a', 1, 1.10, '2024-01-31', 'x');
INSERT INTO counts VALUES ('a', 2, 2.05, '2024-02-01', 'y') ON DUPLICATE KEY UPDATE n = n + VALUES(n), total = total * VALUES(n) + 0.005,
  last = last + INTERVAL 1 MONTH, note = CONCAT(note, '-', total);
