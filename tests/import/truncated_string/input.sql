-- MySQL dump 10.13
CREATE TABLE t (id int, s text);
INSERT INTO t VALUES (1,'abc'),(2,'de