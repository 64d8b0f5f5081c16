-- A program that writes a carriage return as it is: clients leave it out of texts. Of bytes it is kept, as they are worth nothing without it.
CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b VARBINARY(20));
INSERT INTO t VALUES (1, 'x
y', 'x
y'), (2, 'z
', _binary 'z
');
