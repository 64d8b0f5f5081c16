-- Computed texts in a reference system, bytes in one, numbers as servers write them.
CREATE TABLE g (id int, g geometry);
INSERT INTO g VALUES (1, ST_GeomFromText(CONCAT('POINT(', 1, ' 2)'), 3857)), (2, ST_GeomFromWKB(0x0101000000000000000000F03F0000000000000040, 3857));
INSERT INTO g VALUES (3, ST_GeomFromText('POINT(+3 -.5)')), (4, ST_GeomFromText('POINT(5. 1e2)')), (5, ST_GeomFromText('POLYGON((0 0,1 1,1 0,0 0))'));
