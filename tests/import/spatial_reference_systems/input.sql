-- MariaDB reads x first in every reference system; MySQL 8 reads the latitude first in 4326.
CREATE TABLE g (id int, p geometry);
INSERT INTO g VALUES (1, ST_GeomFromText('POINT(1 2)', 4326)), (2, ST_GeomFromText('LINESTRING(1 2, 3 4)', 3857));
INSERT INTO g VALUES (3, ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 4326)), (4, NULL);
