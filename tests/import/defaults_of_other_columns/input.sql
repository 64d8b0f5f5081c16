-- Defaults that depend on other columns of the row.
CREATE TABLE d (a int DEFAULT 3, b int DEFAULT (a * 2), c varchar(20) DEFAULT (concat(a, '-', b)), n int, e decimal(8,2) NOT NULL DEFAULT (a + 0.5));
INSERT INTO d (n) VALUES (1);
INSERT INTO d (a, n) VALUES (7, 1), (8, 1);
INSERT INTO d VALUES (1, DEFAULT, DEFAULT, 2, DEFAULT), (2, 9, DEFAULT, 3, 4), (3, NULL, 'x', 1 + 1, DEFAULT);
INSERT INTO d () VALUES ();
INSERT INTO d SET a = 5;
ALTER TABLE d ADD COLUMN f int DEFAULT (n * 10);
INSERT INTO d (a, n) VALUES (9, 9);
