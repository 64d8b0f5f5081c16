-- Words that stand for several attributes.
CREATE TABLE bytes (a char(5) BYTE, b varchar(5) BYTE, c text BYTE, d char(3) CHARACTER SET binary);
INSERT INTO bytes VALUES ('a', 'b', 'c', 'd'), (x'ff00', x'ff00', x'ff00', x'ff');
CREATE TABLE counted (id int SERIAL DEFAULT VALUE, n int);
INSERT INTO counted (n) VALUES (1), (2);
CREATE TABLE counted_too (id SERIAL, n int);
INSERT INTO counted_too (n) VALUES (1), (2);
