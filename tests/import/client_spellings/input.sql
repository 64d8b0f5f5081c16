-- What the clients take, and servers never see.
CREATE TABLE t (a int, b date, c datetime);
DELIMITER // -- up to the blank
INSERT INTO t (a) VALUES (1)//
DELIMITER "$$"
INSERT INTO t (a) VALUES (2)$$
DELIMITER '||' x
INSERT INTO t (a) VALUES (3)||
delimiter `!`
INSERT INTO t (a) VALUES (4)!
DELIMITER ;
INSERT INTO t (a) VALUES (5)\g
INSERT INTO t (a) VALUES (6)\G INSERT INTO t (a) VALUES (7);
INSERT INTO t VALUES (\N, {d '2024-01-05'}, {ts '2024-01-05 10:11:12'});
-----
--no blank; INSERT INTO t (a) VALUES (80);
  --nor here
INSERT INTO t (a) VALUES (8);
UPDATE t SET a = \N, b = {d '2024-01-06'}, c = {ts '2024-01-06 10:11:12'} WHERE a = 1;
UPDATE t SET a = {fn ABS(-9)} WHERE a = 2;
