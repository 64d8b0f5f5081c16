-- Rows of a table that is made nowhere, which do not all name the same columns.
INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y');
INSERT INTO t (a, c) VALUES (3, x'ff');
INSERT INTO t (B, d, a) VALUES ('z', 1.5, 4);
INSERT INTO t (a) VALUES (5);
