-- A number with an exponent is a floating point number, in whatever column.
INSERT INTO t (a, b) VALUES (1e3, 1.50), (-2.5e-1, 7);
