-- Stored generated columns have the time of day of the session whose ALTER copies the table.
SET sql_mode='';
CREATE TABLE z (id int PRIMARY KEY, ts timestamp NOT NULL, n int);
SET time_zone='+00:00';
INSERT INTO z VALUES (1,'2024-01-01 22:30:00',1),(2,'2024-06-01 03:00:00',2);
SET time_zone='+05:00';
ALTER TABLE z ADD COLUMN d date AS (DATE(ts)) STORED;
ALTER TABLE z ADD COLUMN h int AS (HOUR(ts)) STORED, ADD COLUMN m int AS (n * 2) STORED;
SET time_zone='-03:00';
ALTER TABLE z MODIFY COLUMN h int AS (HOUR(ts) + 1) STORED;
INSERT INTO z (id, ts, n) VALUES (3,'2024-01-01 22:30:00',3);
ALTER TABLE z ADD COLUMN v date AS (DATE(ts)) VIRTUAL;
ALTER TABLE z ADD KEY (d);
SET time_zone='+00:00';
ALTER TABLE z ADD COLUMN late int AS (HOUR(ts)) STORED;
UPDATE z SET n = 9 WHERE id = 2;
