-- A column that no key begins with counts within groups.
CREATE TABLE m (g int, id int NOT NULL AUTO_INCREMENT, n int, PRIMARY KEY (g, id)) ENGINE=MyISAM;
INSERT INTO m (g, n) VALUES (1, 1), (2, 2), (1, 3), (1, 4);
INSERT INTO m (g, n) VALUES (1, 5), (2, 6);
INSERT INTO m VALUES (2, 50, 7), (2, NULL, 8), (2, 0, 9), (3, DEFAULT, 10), (1 + 2, NULL, 11);
CREATE TABLE texts (g varchar(3), id int AUTO_INCREMENT, n int, PRIMARY KEY (g, id)) ENGINE=MyISAM;
INSERT INTO texts (g, n) VALUES ('a', 1), ('A', 2), ('b ', 3), ('b', 4);
INSERT INTO texts (g, n) VALUES ('A ', 5);
CREATE TABLE two (g int NOT NULL DEFAULT 4, h varchar(3) COLLATE utf8mb4_bin, id int AUTO_INCREMENT, KEY (h), KEY (g, h, id)) ENGINE=Aria;
INSERT INTO two (h) VALUES ('a'), ('A'), (NULL), ('a'), (NULL);
INSERT INTO two (g, h) VALUES (4, 'a'), (5, 'a'), (DEFAULT, 'A');
CREATE TABLE emptied (g int, id int AUTO_INCREMENT, PRIMARY KEY (g, id)) ENGINE=MyISAM;
INSERT INTO emptied (g) VALUES (1), (1);
DELETE FROM emptied;
INSERT INTO emptied (g) VALUES (1);
CREATE TABLE both_ways (g int, id int AUTO_INCREMENT, PRIMARY KEY (g, id), KEY (id)) ENGINE=MyISAM;
INSERT INTO both_ways (g) VALUES (1), (2), (1);
