-- SQLite has three names for the number of a row; a table may use all of them for columns.
CREATE TABLE `marks` (
  `rowid` varchar(10) NOT NULL,
  `_rowid_` varchar(10) DEFAULT NULL,
  `oid` varchar(10) DEFAULT NULL,
  `changed` datetime NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  PRIMARY KEY (`rowid`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

INSERT INTO `marks` VALUES ('a','b','c','2020-01-02 03:04:05'),('d',NULL,'e','2021-01-02 03:04:05');
