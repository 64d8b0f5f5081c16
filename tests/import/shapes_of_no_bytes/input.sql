-- Bytes that are no shape are NULL on a MariaDB and an error on a MySQL: they are refused.
CREATE TABLE g (g GEOMETRY);
INSERT INTO g VALUES (ST_GeomFromWKB(x'0101'));
