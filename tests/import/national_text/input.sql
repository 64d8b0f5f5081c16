-- N'â€¦' is in UTF-8, whatever SET NAMES says.
CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, s varchar(20)) DEFAULT CHARSET=utf8mb4;
SET NAMES cp1251;
INSERT INTO t (s) VALUES (N'Ã©'), ('Ã©'), (n'ab'), (CONCAT(N'a', 'b'));
SET NAMES latin1;
INSERT INTO t (s) VALUES (N'Ã©'), ('é');
SET NAMES utf8mb4;
INSERT INTO t (s) VALUES (N'Ã©');
-- The end of a word is no N.
SET NAMES latin1;
INSERT INTO t (s) VALUES (CASE WHEN 1 THEN'é' END), (CASE WHEN 1 THEN"é" END), (CASE WHEN 1 THEN N'ab' END);
