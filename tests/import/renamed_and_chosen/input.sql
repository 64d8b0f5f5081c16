-- Tables are chosen by the names that they have in the end.
CREATE TABLE a (x int);
INSERT INTO a VALUES (1);
CREATE TABLE b_new (x int);
INSERT INTO b_new VALUES (2);
RENAME TABLE a TO a_old, b_new TO b;
INSERT INTO a_old VALUES (3);
INSERT INTO b VALUES (4);
CREATE TABLE a (x int);
INSERT INTO a VALUES (5);
CREATE TABLE gone (x int);
INSERT INTO gone VALUES (6);
DROP TABLE gone;
