-- Which row gets the key is decided by the order of the rows, which is that of the primary key.
SET NAMES utf8mb4; SET sql_mode = '';
CREATE TABLE c (k varchar(20) NOT NULL PRIMARY KEY, n int) COLLATE=utf8mb4_bin;
INSERT INTO c (k, n) VALUES ('í', 0), ('y', 1), ('mi', 0);
UPDATE IGNORE c SET k = 'ı' WHERE n = 0;
CREATE TABLE d (k varchar(20) NOT NULL PRIMARY KEY, n int) COLLATE=utf8mb4_bin;
INSERT INTO d (k, n) VALUES ('a', 0), ('y', 1);
UPDATE IGNORE d SET k = 'y' WHERE n = 0;
