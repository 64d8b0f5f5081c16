/*!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19-11.4.2-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;
CREATE TABLE `t` (
  `id` uuid NOT NULL DEFAULT uuid(),
  `ip` inet6 DEFAULT NULL,
  `v` varchar(10) /*M!100301 COMPRESSED*/ DEFAULT NULL,
  `hidden` int(11) INVISIBLE DEFAULT 3,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB WITH SYSTEM VERSIONING PAGE_COMPRESSED=1;
CREATE SEQUENCE `s` start with 1 minvalue 1 maxvalue 9223372036854775806 increment by 1 cache 1000 nocycle ENGINE=InnoDB;
DO SETVAL(`s`, 5, 0);
INSERT INTO `t` (`id`, `ip`, `v`, `hidden`) VALUES ('123e4567-e89b-12d3-a456-426655440000','2001:db8::1','x',4);
INSERT INTO `t` VALUES ('123e4567-e89b-12d3-a456-426655440001',NULL,'y');
/*M!100616 SET NOTE_VERBOSITY=@OLD_NOTE_VERBOSITY */;
-- Dump completed on 2024-05-01 12:00:00
