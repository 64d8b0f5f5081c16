CREATE TABLE t (id int);
source other.sql
