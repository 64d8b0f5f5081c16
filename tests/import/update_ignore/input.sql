-- Rows that would get a key that another row has stay.
SET sql_mode = '';
CREATE TABLE u (id int PRIMARY KEY, k varchar(9), n int, UNIQUE (k)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO u VALUES (1,'a',1),(2,'b',2),(3,'c',3),(4,'d',4);
UPDATE IGNORE u SET id = id + 1;
UPDATE IGNORE u SET k = 'a' WHERE id > 1;
UPDATE IGNORE u SET k = 'A', n = 9 WHERE k = 'b';
UPDATE IGNORE u SET k = 'z', n = NULL WHERE k = 'b';
UPDATE IGNORE u SET n = 'abc' WHERE k = 'c';
CREATE TABLE v (id int PRIMARY KEY, n int NOT NULL);
INSERT INTO v VALUES (1,1),(2,2);
UPDATE IGNORE v SET n = NULL;
