SET NAMES cp932;
CREATE TABLE 表 (id int PRIMARY KEY, ソ varchar(20));
INSERT INTO 表 VALUES (1,'表ソ能'),(2,'ポ\'x'),(3,'～①');
