SET sql_mode = '';
CREATE TABLE ig (id int PRIMARY KEY, a int, b varchar(5));
INSERT INTO ig VALUES (5, 1, 'x'), (1, 1, 'y'), (3, 2, 'x'), (2, NULL, 'z'), (4, NULL, 'y');
ALTER IGNORE TABLE ig ADD UNIQUE KEY a (a), ADD UNIQUE KEY b (b);
INSERT IGNORE INTO ig VALUES (9, 1, 'w'), (10, 7, 'v');
CREATE TABLE pk (a int, b varchar(5), c bigint unsigned) ENGINE=MyISAM;
INSERT INTO pk VALUES (2, 'one', 1), (1, 'two', 2), (2, 'three', 3), (1, 'four', 18446744073709551615);
ALTER IGNORE TABLE pk ADD PRIMARY KEY (a);
INSERT INTO pk VALUES (3, 'one', 4);
