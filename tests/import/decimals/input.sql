CREATE TABLE t (a decimal(30,10), b decimal(65,30), c decimal(5), d numeric(4,1) unsigned, e dec, f fixed(3,2));
INSERT INTO t VALUES (12345678901234567890.12,-0.000000000000000000000000000001,12345,'1.10',7,1e0),(1.1,1e3,'-0',.5,'00012',-1.25);
