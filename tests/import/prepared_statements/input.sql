-- Statements whose text is known, and what they ask about what is there.
CREATE TABLE t (id int PRIMARY KEY, a int, KEY ka (a));
CREATE TABLE c (id int PRIMARY KEY, t int, CONSTRAINT fk_t FOREIGN KEY (t) REFERENCES t (id));
INSERT INTO t VALUES (1, 10), (2, 20);
SET @s = 'CREATE TABLE made (n int)';
PREPARE st FROM @s;
EXECUTE st;
DEALLOCATE PREPARE st;
PREPARE st FROM 'SELECT 1';
EXECUTE st;
SET @c = (SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 't' AND column_name = 'b');
SET @s = IF(@c = 0, 'ALTER TABLE t ADD b int DEFAULT 5', 'SELECT 1');
PREPARE st FROM @s;
EXECUTE st;
SET @c = (SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 't' AND column_name = 'b');
SET @s = IF(@c = 0, 'ALTER TABLE t ADD b2 int DEFAULT 5', 'SELECT 1');
PREPARE st FROM @s;
EXECUTE st;
SET @db = DATABASE(), @table = 't', @column = 'd';
SET @prepared = (SELECT IF(
  (SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS WHERE (table_name = @table) AND (table_schema = @db) AND (column_name = @column)) > 0,
  "SELECT 1",
  CONCAT("ALTER TABLE ", @table, " ADD ", @column, " VARCHAR(9) DEFAULT 'x';")));
PREPARE alterIfNotExists FROM @prepared;
EXECUTE alterIfNotExists;
DEALLOCATE PREPARE alterIfNotExists;
SELECT COUNT(*) INTO @exist FROM information_schema.statistics WHERE table_name = 't' AND index_name = 'ka' AND table_schema = database();
SET @query = IF(@exist <= 0, 'ALTER TABLE t ADD KEY ka (a)', 'ALTER TABLE t DROP KEY ka');
PREPARE stmt FROM @query;
EXECUTE stmt;
SET @x = IF(EXISTS (SELECT * FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'none'), 'DROP TABLE none', 'UPDATE t SET a = a + 1 WHERE id = 2');
EXECUTE IMMEDIATE @x;
SET @x = IF((SELECT COUNT(*) FROM information_schema.table_constraints WHERE constraint_schema = DATABASE() AND table_name = 'c' AND constraint_name = 'fk_t' AND constraint_type = 'FOREIGN KEY') = 1, 'ALTER TABLE c DROP FOREIGN KEY fk_t', 'DO 0');
PREPARE stmt FROM @x;
EXECUTE stmt;
SELECT 'a', 5 INTO @p, @q;
/*!50717 SELECT COUNT(*) INTO @rocksdb_has_p_s_session_variables FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'performance_schema' AND TABLE_NAME = 'session_variables' */;
/*!50717 SET @rocksdb_get_is_supported = IF (@rocksdb_has_p_s_session_variables, 'SELECT COUNT(*) INTO @rocksdb_is_supported FROM performance_schema.session_variables WHERE VARIABLE_NAME=\'rocksdb_bulk_load\'', 'SELECT 0') */;
/*!50717 PREPARE s FROM @rocksdb_get_is_supported */;
/*!50717 EXECUTE s */;
/*!50717 DEALLOCATE PREPARE s */;
/*!50717 SET @rocksdb_enable_bulk_load = IF (@rocksdb_is_supported, 'SET SESSION rocksdb_bulk_load = 1', 'SET @rocksdb_dummy_bulk_load = 0') */;
/*!50717 PREPARE s FROM @rocksdb_enable_bulk_load */;
/*!50717 EXECUTE s */;
/*!50717 DEALLOCATE PREPARE s */;
PREPARE up FROM 'UPDATE t SET b = 9 WHERE id = 1';
EXECUTE up;
