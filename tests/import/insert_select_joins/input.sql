-- Rows of several tables: what install scripts give roles their rights with.
SET sql_mode = '';
CREATE TABLE role (id int PRIMARY KEY AUTO_INCREMENT, name varchar(20), level int, born date NOT NULL DEFAULT '2020-01-01');
CREATE TABLE permission (id int PRIMARY KEY, name varchar(20), level int);
CREATE TABLE grants (role_id int, permission_id int, note varchar(40), PRIMARY KEY (role_id, permission_id));
CREATE TABLE seen (id int PRIMARY KEY AUTO_INCREMENT, role varchar(20), permission varchar(20));
CREATE TABLE levels (level int, n int AS (level * 2) STORED);
INSERT INTO role (name, level) VALUES ('admin', 9), ('editor', 5), ('guest', 0), ('nobody', NULL);
INSERT INTO permission VALUES (1, 'read', 0), (2, 'write', 5), (3, 'delete', 9), (4, 'none', NULL);
INSERT INTO grants SELECT r.id, p.id, NULL FROM role r, permission p WHERE r.name = 'Admin' AND p.name IN ('read', 'write', 'delete');
INSERT IGNORE INTO grants (role_id, permission_id, note) SELECT role.id, permission.id, CONCAT(role.name, ':', permission.name) FROM role JOIN permission ON role.level >= permission.level ORDER BY role.id, permission.id;
INSERT INTO seen (role, permission) SELECT r.name, p.name FROM role AS r LEFT JOIN grants g ON g.role_id = r.id LEFT OUTER JOIN permission p ON p.id = g.permission_id ORDER BY r.id, p.id;
INSERT INTO levels (level) SELECT DISTINCT level FROM role;
INSERT INTO levels (level) SELECT DISTINCT p.level FROM role r INNER JOIN permission p USING (level) WHERE p.level > (SELECT MIN(level) FROM role);
REPLACE INTO permission SELECT r.id, r.name, p.level FROM role r CROSS JOIN permission p WHERE r.id = 4 AND p.id = 2;
SELECT p.id INTO @p FROM permission p JOIN grants g ON g.permission_id = p.id WHERE g.role_id = 2 AND p.name = 'write';
INSERT INTO grants VALUES (8, @p, (SELECT r.name FROM role r, permission p WHERE r.id = p.id AND p.id = 3));
INSERT INTO seen (role) SELECT 'all' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM role r JOIN grants g ON r.id = g.role_id WHERE r.name = 'guest' AND g.permission_id = 3);
-- What depends on the order of rows, or is not known.
INSERT INTO seen (role) SELECT r.name FROM role r, permission p WHERE r.level = p.level;
INSERT INTO seen (role) SELECT r.name FROM role r RIGHT JOIN permission p ON r.level = p.level;
INSERT INTO seen (role) SELECT name FROM role r JOIN permission p ON r.level = p.level;
INSERT INTO seen (role) SELECT r.name FROM role r, permission p WHERE r.born IS NULL;
INSERT INTO grants SELECT r.id, COUNT(*), '' FROM role r, permission p;
