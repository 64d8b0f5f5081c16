CREATE TABLE t (id int PRIMARY KEY, a varchar(10), d date);
/*!50001 CREATE TABLE `v` ( `id` int, `a` varchar(10) ) */;
/*!50001 DROP VIEW IF EXISTS `w`*/;
/*!50001 CREATE VIEW `w` AS SELECT 1 AS `n`*/;
INSERT INTO t VALUES (1,'x','2020-05-06'),(2,NULL,NULL);
/*!50003 SET @saved_sql_mode = @@sql_mode */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER tr BEFORE INSERT ON t FOR EACH ROW
BEGIN
  IF NEW.a = ';' THEN SET NEW.a = 'DELIMITER ;'; END IF;
END */;;
CREATE DEFINER=`root`@`localhost` PROCEDURE `p`()
BEGIN
  SELECT ';;';
  SELECT 1;
END ;;
CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1 ;;
DELIMITER ;
/*!50106 CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t */;
/*!50001 DROP TABLE IF EXISTS `v`*/;
/*!50001 DROP VIEW IF EXISTS `v`*/;
/*!50001 SET @saved_cs_client = @@character_set_client */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select `t`.`id` AS `id`,if((`t`.`a` is null),'none',ucase(`t`.`a`)) AS `a`,year(`t`.`d`) AS `y`,date_format(`t`.`d`,'%d.%m.%Y') AS `f` from `t` where (`t`.`id` <> 0) */;
/*!50001 DROP VIEW IF EXISTS `w`*/;
/*!50001 CREATE VIEW `w` AS select group_concat(`v`.`a` order by `v`.`id` desc separator '/') AS `n`,count(0) AS `c` from `v` */;
/*!50001 CREATE VIEW `odd` AS select soundex(`t`.`a`) AS `s` from `t` */;
CREATE USER IF NOT EXISTS 'x'@'%' IDENTIFIED BY 'secret';
GRANT SELECT ON *.* TO 'x'@'%';
INSERT INTO t VALUES (3,'y','2021-01-02');
