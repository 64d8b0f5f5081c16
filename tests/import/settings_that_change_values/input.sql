SET @timestamp = 5, timestamp = DEFAULT, @old_insert = @@insert_id;
CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, n int);
SET auto_increment_increment = 10, div_precision_increment = 8;
SET SESSION div_precision_increment = 4;
SET @@insert_id = 77;
INSERT INTO t (n) VALUES (1);
SET sql_mode = 'EMPTY_STRING_IS_NULL';
