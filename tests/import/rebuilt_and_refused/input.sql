-- What an ALTER makes of the rows is refused at its line, and not at that of the next ALTER.
SET sql_mode = '';
CREATE TABLE t (id int, k varchar(9) PRIMARY KEY);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
ALTER TABLE t MODIFY k int;
ALTER TABLE t ADD COLUMN x int;
