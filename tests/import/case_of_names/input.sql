CREATE TABLE Foo (a int, k int, KEY k (k));
CREATE TABLE foo (b int, k int, KEY k (k));
INSERT INTO Foo VALUES (1,1);
INSERT INTO foo VALUES (2,2);
