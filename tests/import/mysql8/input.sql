-- MySQL dump 10.13  Distrib 8.4.0, for Linux (x86_64)
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'aaaaaaaa-0000-0000-0000-000000000000:1-5';
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@SESSION.SQL_LOG_BIN= 0;
/*!50717 SELECT COUNT(*) INTO @rocksdb_has_p_s_session_variables FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'performance_schema' */;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `t` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs DEFAULT (concat(_utf8mb4'a',_utf8mb4'b')),
  `loc` point NOT NULL /*!80003 SRID 4326 */,
  `doc` json DEFAULT (json_array()),
  `secret` int DEFAULT NULL /*!80023 INVISIBLE */,
  `my_row_id` bigint unsigned NOT NULL /*!80023 INVISIBLE */,
  `born` date NOT NULL DEFAULT (curdate()),
  `low` varchar(50) COLLATE utf8mb4_0900_ai_ci GENERATED ALWAYS AS (lower(`name`)) VIRTUAL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`name`,(cast(`doc` as char(10)))) /*!80000 INVISIBLE */,
  KEY `fn` ((lower(`name`)),`id` DESC),
  KEY `mv` ((cast(json_extract(`doc`,_utf8mb4'$.tags') as unsigned array))),
  SPATIAL KEY `loc` (`loc`),
  CONSTRAINT `t_chk_1` CHECK (regexp_like(`name`,_utf8mb4'^[a-z]+$'))
) ENGINE=InnoDB AUTO_INCREMENT=9 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci /*!80016 DEFAULT ENCRYPTION='Y' */ ENGINE_ATTRIBUTE='{"a": 1}';
INSERT INTO `t` (`id`, `name`, `loc`, `doc`, `secret`, `my_row_id`, `born`) VALUES (1,'ab',0xE6100000010100000000000000000000000000000000000000,'[1]',5,1,'2020-01-01') AS new ON DUPLICATE KEY UPDATE secret = new.secret;
INSERT INTO `t` (`id`, `name`, `loc`, `my_row_id`, `born`) VALUES ROW(2,'c\'d',x'00000000010100000000000000000000000000000000000000',2,'2020-01-02'), ROW(3,DEFAULT,x'00',3,'2020-01-03');
-- Dump completed on 2024-05-01 12:00:00
