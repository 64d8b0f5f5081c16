SET sql_mode='';
CREATE TABLE t (id int, e enum('a','b)','c''d','x\\y','日本',' pad ') NOT NULL DEFAULT 'b)', s set('a','b','c d'));
INSERT INTO t VALUES (1,'a','a'),(2,'b)','a,b'),(3,'c''d',''),(4,'x\\y',NULL),(5,'日本','b'),(6,'','a'),(7,2,3);
INSERT INTO t (id) VALUES (8);
