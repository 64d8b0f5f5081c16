SET FOREIGN_KEY_CHECKS=0;
CREATE TABLE child (
  id int NOT NULL PRIMARY KEY, pid int, code varchar(10), up int, other int,
  CONSTRAINT c1 FOREIGN KEY (pid) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT c2 FOREIGN KEY (code) REFERENCES parent (code) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (up) REFERENCES child (id) MATCH SIMPLE ON DELETE NO ACTION,
  CONSTRAINT c4 FOREIGN KEY idx (other) REFERENCES parent (plain),
  CONSTRAINT c5 FOREIGN KEY (other) REFERENCES elsewhere.t (id)
);
CREATE TABLE parent (id int NOT NULL, code varchar(10), plain int, PRIMARY KEY (id), UNIQUE KEY code (code), KEY plain (plain));
INSERT INTO child VALUES (1,1,'a',NULL,5),(2,2,'b',1,NULL),(3,99,NULL,NULL,NULL);
INSERT INTO parent VALUES (1,'a',5),(2,'b',6);
