CREATE TABLE t (id int, f float, d double, b float(24), u float unsigned);
-- Thirty-two bits have nothing nearer to zero than 1.4e-45.
INSERT INTO t VALUES (1, 1e-50, 1e-50, 1e-150, 1e-50), (2, 7e-46, 1e-300, '-1e-50', '7e-46'), (3, 0.25, 0, 0.5, 1);
