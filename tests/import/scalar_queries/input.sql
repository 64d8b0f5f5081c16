-- Values of other tables, as install scripts look them up.
CREATE TABLE a (id int PRIMARY KEY, name varchar(20) COLLATE utf8mb4_general_ci, kind enum('x','y') DEFAULT 'x', price decimal(8,2), twice int AS (id * 2));
CREATE TABLE b (n int AUTO_INCREMENT PRIMARY KEY, a int, s varchar(40));
INSERT INTO a (id, name, price, kind) VALUES (1, 'one', 1.5, 'x'), (2, 'Two', 2.25, 'y'), (3, 'three', NULL, 'y');
INSERT INTO b (a, s) VALUES ((SELECT id FROM a WHERE name = 'TWO'), 'by name');
INSERT INTO b (a, s) VALUES ((SELECT a.id FROM a AS a WHERE a.name = 'one' LIMIT 1), (SELECT name FROM a WHERE id = 3));
INSERT INTO b (a, s) VALUES ((SELECT id FROM a WHERE name = 'nobody'), IFNULL((SELECT name FROM a WHERE id = 99), 'nothing'));
INSERT INTO b (a, s) VALUES ((SELECT MAX(id) FROM a), (SELECT MIN(price) + 1 FROM a)), ((SELECT COUNT(*) FROM a WHERE price IS NULL), (SELECT COALESCE(MAX(id), 0) + 1 FROM a WHERE id > 10));
INSERT INTO b (a, s) VALUES ((SELECT id FROM a ORDER BY id DESC LIMIT 1), (SELECT name FROM a ORDER BY price DESC, id LIMIT 1, 1));
INSERT INTO b SET a = (SELECT twice FROM a WHERE twice > 5), s = (SELECT CONCAT(name, '/', price) FROM a WHERE kind = 'x');
INSERT INTO b (a, s) VALUES (IF(EXISTS (SELECT 1 FROM a WHERE name LIKE 't%'), 1, 0), (SELECT 'dual' FROM DUAL));
INSERT INTO b (a) VALUES (EXISTS (SELECT * FROM a WHERE id = 100));
ALTER TABLE a ADD COLUMN more int DEFAULT 9, RENAME COLUMN name TO title;
INSERT INTO b (a, s) VALUES ((SELECT more FROM a WHERE title = 'one'), 'altered');
SET @name = 'three';
INSERT INTO b (a, s) VALUES ((SELECT id FROM a WHERE title = @name), @name);
