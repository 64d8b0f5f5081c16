CREATE TABLE t (a int, b double, c varchar(10), d float, e bool);
INSERT INTO t VALUES (-1,1e10,1e3,.5,TRUE),('12','-1.5E-3',007,'1.',FALSE),(+5,-2,-0.50,1E30,true),(1.5,NULL,0x31,'2.50',2),(TRUE,FALSE,TRUE,1,NULL);
