CREATE TABLE `a"b;c--d` (`x
y` int, `'); DROP TABLE t; --` int, `"` int, ` ` int, PRIMARY KEY (`x
y`), KEY `k"` (`"`));
INSERT INTO `a"b;c--d` VALUES (1,2,3,4);
CREATE TABLE `sqlite_master2` (a int);
CREATE TABLE `sqlite_x` (a int);
INSERT INTO `sqlite_x` VALUES (1);
CREATE TABLE `ekiben_input` (a int);
INSERT INTO `ekiben_input` VALUES (2);
CREATE TABLE `[31m` (a int);
