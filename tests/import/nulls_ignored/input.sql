-- NULL where it is not allowed becomes the type's own default under INSERT IGNORE.
SET sql_mode = '';
CREATE TABLE t (
  i INT NOT NULL, v VARCHAR(2) NOT NULL, e ENUM('q','r') NOT NULL, d DATE NOT NULL,
  dc DECIMAL(5,2) NOT NULL, ti TIME(1) NOT NULL, b BINARY(2) NOT NULL, y YEAR NOT NULL,
  s SET('x','y') NOT NULL, f DOUBLE NOT NULL, nv NATIONAL CHAR VARYING(5)
);
INSERT IGNORE INTO t VALUES (NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'x  ');
INSERT INTO t (e, s) VALUES ('2', 'y,x'), (2, 3), ('Q', 'X');
