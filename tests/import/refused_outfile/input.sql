CREATE TABLE t (id int);
SELECT * INTO OUTFILE '/tmp/x' FROM t;
