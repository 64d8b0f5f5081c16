-- User variables hold what a statement before has left in them.
CREATE TABLE t (id int PRIMARY KEY, i int, s varchar(40), d decimal(10,3), b varbinary(9), n datetime);
SET @id = 1, @text = 'it''s', @d = 1.50, @b = 0x41FF;
INSERT INTO t VALUES (@id, @id + 1, @text, @d, @b, '2024-01-05');
SET @id := @id + 1, @old = @id, @d = @d * 2;
INSERT INTO t (id, i, s, d) VALUES (@id, @old, CONCAT(@text, '-', @id), @d);
SELECT @id := @id + 1, @s := UPPER(@text);
INSERT INTO t (id, i, s, d) VALUES (@ID, @never, @s, IFNULL(@never, 7));
INSERT INTO t (id, s) VALUES (@n := 4, @n), (@n := @n + 1, CONCAT(@n, '!'));
SELECT id, s INTO @i, @s FROM t WHERE id = 2;
SELECT s FROM t WHERE id = 99 INTO @s;
INSERT INTO t SET id = 6, i = @i, s = @s;
SET @day = DATE('2024-02-29'), @null = NULL;
INSERT INTO t (id, s, i, n) VALUES (7, @day, @null, @day);
SET @saved = @@sql_mode, @count = (SELECT COUNT(*) FROM t), @top = (SELECT MAX(id) FROM t WHERE i IS NOT NULL);
INSERT INTO t (id, i, s) VALUES (@count + 1, @top, HEX(@b));
SET @unused = SOUNDEX('x'), @server = @@version;
DELIMITER //
SET @a = 10; INSERT INTO t (id, i) VALUES (20, @a); SET @a = @a + 1; INSERT INTO t (id, i) VALUES (21, @a)//
DELIMITER ;
