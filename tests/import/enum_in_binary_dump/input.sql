-- In a dump of --default-character-set=binary, ENUM and SET are in the bytes of their own character set.
SET NAMES binary;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE t (
  e enum('a','b') CHARACTER SET ucs2,
  s set('x','y') CHARACTER SET ucs2
);
/*!40101 SET character_set_client = binary */;
INSERT INTO t VALUES ('\0a','\0x\0,\0y');
