-- Two tables take each other's names by way of a third one, which nobody asks for.
CREATE TABLE a (x int);
INSERT INTO a VALUES (1);
CREATE TABLE c (x int);
INSERT INTO c VALUES (2);
RENAME TABLE a TO aside, c TO a, aside TO c;
INSERT INTO c VALUES (3);
