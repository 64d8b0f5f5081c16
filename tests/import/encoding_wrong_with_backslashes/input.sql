-- Japanese in cp932, whose second bytes are taken for backslashes where nothing says the set.
CREATE TABLE t (s text);
INSERT INTO t VALUES ('•\Ž¦');
