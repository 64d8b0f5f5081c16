-- A server makes NULL of an area whose border does not end where it began, or refuses it.
CREATE TABLE g (id int, g geometry);
INSERT INTO g VALUES (1, ST_GeomFromText('POLYGON((0 0,1 1,1 0))'));
