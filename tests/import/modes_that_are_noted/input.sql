-- A mode that pads CHAR is not heeded.
SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH';
CREATE TABLE t (a CHAR(5), b VARCHAR(10));
INSERT INTO t VALUES ('a', '');
UPDATE t SET b = CONCAT(a, '|');
SET completion_type = 'RELEASE';
