-- Numbers of rows that are not imported are not known.
CREATE TABLE p (id int AUTO_INCREMENT PRIMARY KEY, s varchar(20));
CREATE TABLE c (id int AUTO_INCREMENT PRIMARY KEY, p int);
INSERT INTO c (p) VALUES (NULL), (NULL);
INSERT INTO p (s) VALUES ('a');
INSERT INTO c (p) VALUES (LAST_INSERT_ID());
