CREATE TABLE t (a varchar(20));
SET @mode = (SELECT mode FROM modes);
SET @other = @mode;
SET sql_mode = CONCAT(@other, ',ANSI_QUOTES');
INSERT INTO t VALUES ("x");
