-- What holds for one query of a UNION holds for all.
CREATE TABLE settled (v varchar(40));
INSERT INTO settled SELECT 'a' UNION ALL SELECT LEFT(UUID(), 0);
CREATE TABLE source (id int PRIMARY KEY, k varchar(5), KEY (k));
INSERT INTO source VALUES (1, 'c'), (2, 'b'), (3, 'a');
CREATE TABLE numbered (id int PRIMARY KEY AUTO_INCREMENT, k varchar(5));
INSERT INTO numbered (k) SELECT 'q' UNION ALL SELECT k FROM source;
-- One type for all, also behind NULL and of a query without rows.
CREATE TABLE typed (n int PRIMARY KEY AUTO_INCREMENT, v varchar(20));
INSERT INTO typed (v) SELECT NULL UNION ALL SELECT 1.5 UNION ALL SELECT 2;
INSERT INTO typed (v) SELECT 1.50 FROM DUAL WHERE 0 UNION ALL SELECT 2;
INSERT INTO typed (v) SELECT NULL UNION ALL SELECT 1 UNION ALL SELECT DATE'2020-01-05';
INSERT INTO typed (v) SELECT id FROM source WHERE id > 3 UNION ALL SELECT 1.5;
INSERT INTO typed (v) SELECT NULL UNION ALL SELECT 1 UNION ALL SELECT 2;
INSERT INTO typed (v) SELECT 'none' FROM DUAL WHERE EXISTS (SELECT 1 FROM source WHERE id > 3) UNION ALL SELECT 'one';
INSERT INTO typed (v) SELECT k FROM source WHERE id > 3 UNION ALL SELECT 'two';
INSERT INTO typed (v) SELECT a.k FROM source a JOIN source b ON a.id = b.id WHERE a.id > 3 UNION ALL SELECT 'three';
INSERT INTO typed (v) SELECT id FROM source WHERE id > 3 UNION ALL SELECT id FROM source WHERE id > 4;
