CREATE TABLE t (
  id int,
  PRIMARY KEY (nosuch)
);
