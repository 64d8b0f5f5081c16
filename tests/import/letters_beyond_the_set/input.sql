-- Characters that a column's character set does not have: a server that is not strict stores question marks.
SET NAMES utf8mb4;
SET sql_mode = '';
CREATE TABLE t (id int PRIMARY KEY, l varchar(20) CHARACTER SET latin1, a char(9) CHARACTER SET ascii, u text CHARACTER SET utf8mb3, c varchar(20) CHARACTER SET cp1251, j varchar(20) CHARACTER SET sjis, g varchar(20) CHARACTER SET gb2312, m varchar(20));
INSERT INTO t VALUES (1, 'é€', 'plain', 'é日本', 'Привет', '表カナ', '中文', 'é日🪑'),
  (2, '日é', 'é', '🪑 日', 'é Я', '①é', '錦中', '🪑');
INSERT INTO t (id, l, u) VALUES (3, CONCAT('日', 'é'), CONCAT('a', '🪑')), (4, DEFAULT, NULL);
INSERT INTO t (id, l) VALUES (4, 'x') ON DUPLICATE KEY UPDATE l = '日x', a = CONCAT('ü', id);
UPDATE t SET c = m, j = m WHERE id = 1;
CREATE TABLE s (id int PRIMARY KEY, k varchar(9), UNIQUE KEY k (k)) DEFAULT CHARSET=latin1;
INSERT IGNORE INTO s VALUES (1, '日'), (2, '本'), (3, 'é');
INSERT INTO s SELECT id + 10, m FROM t WHERE id = 1;
CREATE TABLE w (id int PRIMARY KEY, v varchar(9) CHARACTER SET utf8mb4, n nvarchar(9), KEY v (v));
INSERT INTO w VALUES (1, 'é日🪑', '🪑日'), (2, 'abc', 'abc');
ALTER TABLE w MODIFY v varchar(9) CHARACTER SET utf8mb3;
ALTER TABLE w CONVERT TO CHARACTER SET latin1;
INSERT INTO w VALUES (3, 'Я', 'Я');
