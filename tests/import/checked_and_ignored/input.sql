-- INSERT IGNORE leaves out what a check forbids.
CREATE TABLE plain (a INT CHECK (a > 0), b INT DEFAULT 3, CHECK (b < 10));
INSERT IGNORE INTO plain VALUES (-2, 1), (5, 2), (NULL, 11), (7, NULL);
INSERT IGNORE INTO plain (a) VALUES (0), (1), (1 + 1), (1 - 1);
CREATE TABLE numbered (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(9) NOT NULL, CONSTRAINT named CHECK (v <> ''));
INSERT IGNORE INTO numbered (v) VALUES ('a'), (''), ('b'), (NULL);
INSERT INTO numbered (v) VALUES ('c');
CREATE TABLE merged (id INT PRIMARY KEY, n INT, CHECK (n >= id));
INSERT IGNORE INTO merged VALUES (1, 0), (1, 1), (2, 5), (2, 1);
