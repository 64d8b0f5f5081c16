CREATE TABLE t (id int, s text);
INSERT INTO t VALUES (1,'abc'),(2,'d')