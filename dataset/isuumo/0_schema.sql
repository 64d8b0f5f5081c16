-- The two tables of isuumo, as a MySQL server has them.
DROP DATABASE IF EXISTS isuumo;
CREATE DATABASE isuumo;

CREATE TABLE isuumo.estate (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  description VARCHAR(4096) NOT NULL,
  thumbnail VARCHAR(128) NOT NULL,
  address VARCHAR(128) NOT NULL,
  latitude DOUBLE PRECISION NOT NULL,
  longitude DOUBLE PRECISION NOT NULL,
  rent INTEGER NOT NULL,
  door_height INTEGER NOT NULL,
  door_width INTEGER NOT NULL,
  features VARCHAR(64) NOT NULL,
  popularity INTEGER NOT NULL
);

CREATE TABLE isuumo.chair (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  description VARCHAR(4096) NOT NULL,
  thumbnail VARCHAR(128) NOT NULL,
  price INTEGER NOT NULL,
  height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  color VARCHAR(64) NOT NULL,
  features VARCHAR(64) NOT NULL,
  kind VARCHAR(64) NOT NULL,
  popularity INTEGER NOT NULL,
  stock INTEGER NOT NULL
);
