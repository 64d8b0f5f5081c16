SET sql_mode='';
CREATE TABLE t (id int PRIMARY KEY, a int unsigned, b int unsigned, d int AS (a-b), s int AS (a+b*2), l int AS (a<b));
INSERT INTO t (id,a,b) VALUES (1,5,2),(2,7,7),(3,2,2);
