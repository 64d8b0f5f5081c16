-- concat() of bytes gives bytes, and || in SQLite gives text.
CREATE TABLE t (
  b varbinary(9),
  g varbinary(20) GENERATED ALWAYS AS (concat(`b`,`b`)) VIRTUAL,
  s varbinary(20) GENERATED ALWAYS AS (concat(`b`,'x')) STORED
);
INSERT INTO t (b) VALUES ('a'), (x'ff00'), (NULL);
