-- Names of types that the grammar puts together.
CREATE TABLE t (a national varcharacter(9), b NATIONAL CHARACTER VARYING(9), c nchar varcharacter(9), d long char varying, e LONG CHARACTER VARYING, f long varcharacter, g character varying(9), h varcharacter(9), i national character(5));
INSERT INTO t VALUES ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i  ');
