CREATE TABLE g (id int PRIMARY KEY, g geometry, l geometry, p geometry);
INSERT INTO g VALUES (1, LineString(Point(0,0),Point(1,1)), LineString(Point(0.5,-1),Point(1,1),Point(2,2e1)), Polygon(LineString(Point(0,0),Point(1,1),Point(1,0),Point(0,0))));
INSERT INTO g (id, g) VALUES (2, MultiPoint(Point(0,0),Point(1,1))), (3, MultiLineString(LineString(Point(0,0),Point(1,1)))), (4, MultiPolygon(Polygon(LineString(Point(0,0),Point(1,1),Point(1,0),Point(0,0))))), (5, GeometryCollection(Point(1,2), LineString(Point(0,0),Point(1,1))));
INSERT INTO g (id, g) VALUES (6, PointFromText(CONCAT('POINT(', 1, ' ', 2, ')'))), (7, ST_GeomFromText(CONCAT('LINESTRING(0 0,', 1 + 1, ' 2)')));
