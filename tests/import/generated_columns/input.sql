SET sql_mode='';
CREATE TABLE t (
  id int NOT NULL, price decimal(10,2), qty int,
  total decimal(12,2) GENERATED ALWAYS AS ((`price` * `qty`)) STORED,
  label varchar(40) GENERATED ALWAYS AS (concat(`id`,_utf8mb4'-',`qty`)) VIRTUAL,
  half int AS (qty DIV 2) PERSISTENT,
  digest char(32) GENERATED ALWAYS AS (md5(`qty`)) STORED,
  name varchar(20) GENERATED ALWAYS AS (json_unquote(json_extract(doc,'$.name'))) VIRTUAL, doc json,
  PRIMARY KEY (id), KEY label (label)
);
INSERT INTO t (id, price, qty, doc) VALUES (1,1.50,3,'{"name": "x"}');
INSERT INTO t (id, price, qty, total, half, digest, doc) VALUES (2,2.00,5,10.00,2,'e4da3b7fbbce2345d7772b0674a318d5',NULL);
INSERT INTO t VALUES (3,NULL,7,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,'{}');
