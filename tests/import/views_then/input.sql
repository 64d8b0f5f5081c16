-- What a * stands for is settled when a view is made.
CREATE TABLE p (id int PRIMARY KEY, a int);
CREATE TABLE q (id int PRIMARY KEY, b int);
INSERT INTO p VALUES (1, 2);
INSERT INTO q VALUES (1, 3);
CREATE VIEW everything AS SELECT * FROM p;
CREATE VIEW both_of AS SELECT q.*, p.a FROM p JOIN q ON p.id = q.id;
CREATE VIEW renamed AS SELECT id FROM p;
CREATE VIEW changed AS SELECT id FROM p;
CREATE VIEW product AS SELECT a * 2 AS twice FROM p;
ALTER TABLE p ADD x int FIRST, ADD y int;
ALTER TABLE q ADD z int DEFAULT 5;
ALTER TABLE p MODIFY a int AFTER y;
CREATE VIEW later AS SELECT * FROM p;
RENAME TABLE renamed TO other;
ALTER ALGORITHM = MERGE DEFINER = CURRENT_USER SQL SECURITY INVOKER VIEW changed AS SELECT y, id FROM p;
ALTER VIEW product (thrice) AS SELECT a * 3 FROM p;
CREATE VIEW of_view AS SELECT * FROM everything;
INSERT INTO other VALUES (7);
