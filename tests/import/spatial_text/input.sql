-- Spatial values as text, as Adminer and people write them.
CREATE TABLE g (id int PRIMARY KEY, p point, g geometry);
INSERT INTO g VALUES
  (1, ST_GeomFromText('POINT(1 2)'), GeomFromText('LINESTRING(0 0,1.5 -1,2e1 3)')),
  (2, Point(1, -2.5), ST_PolygonFromText('POLYGON((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))')),
  (3, POINTFROMTEXT('point( 3 4 )', 3857), ST_GeomFromText('MULTIPOINT(1 1, 2 2)')),
  (4, NULL, ST_MLineFromText('MULTILINESTRING((0 0,1 1),(2 2,3 3))')),
  (5, ST_GeomFromText(NULL), ST_GeomFromText('MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((10 10,14 10,14 14,10 10)))')),
  (6, ST_GeomFromWKB(0x0101000000000000000000F03F0000000000000040), GeometryFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))'));
