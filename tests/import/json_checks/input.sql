CREATE TABLE t (
  id int NOT NULL PRIMARY KEY,
  doc longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`doc`)),
  j json DEFAULT NULL,
  price decimal(8,2) DEFAULT NULL,
  CONSTRAINT `price_ok` CHECK (`price` >= 0 AND `price` < 1000),
  CONSTRAINT `t_chk_2` CHECK ((`id` between 1 and 100)) /*!80016 NOT ENFORCED */,
  CONSTRAINT `t_chk_3` CHECK (char_length(`doc`) < 1000)
);
INSERT INTO t VALUES (1,'{"a": [1, "x\\"y"]}','[1, 2]',9.90),(2,NULL,NULL,NULL);
