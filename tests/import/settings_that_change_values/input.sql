SET @timestamp = 5, timestamp = DEFAULT, @old_insert = @@insert_id;
CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, n int);
SET auto_increment_increment = 2, auto_increment_offset = 5, div_precision_increment = 8;
SET SESSION div_precision_increment = 4;
SET lc_time_names = 'de_DE', time_zone = 'Europe/Berlin';
SET STATEMENT timestamp = 5, time_zone = DEFAULT FOR SELECT 1;
INSERT INTO t (n) VALUES (1);
SET sql_mode = 'EMPTY_STRING_IS_NULL';
