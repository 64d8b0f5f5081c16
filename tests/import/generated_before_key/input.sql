-- The key is not the first of the columns that are copied.
CREATE TABLE t (
  g int GENERATED ALWAYS AS (`v` + 1) STORED,
  h int GENERATED ALWAYS AS (`v` + 2) VIRTUAL,
  id int NOT NULL,
  v int,
  PRIMARY KEY (id)
);
INSERT INTO t (id, v) VALUES (2, 7), (1, 8);
CREATE TABLE u (
  g int GENERATED ALWAYS AS (`id` % 2) VIRTUAL,
  id int NOT NULL PRIMARY KEY
);
INSERT INTO u (id) VALUES (2), (1);
