-- Half a byte: servers refuse it in quotes, and read 0x4 as 04.
CREATE TABLE t (a int, b blob);
INSERT INTO t VALUES (1, 0x4);
INSERT INTO t VALUES (2, x'4');
