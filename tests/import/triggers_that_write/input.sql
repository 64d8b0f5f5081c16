-- What a trigger's body would have changed is named, as far as its text says it.
CREATE TABLE film (id int PRIMARY KEY, title varchar(20));
CREATE TABLE film_text (id int PRIMARY KEY, title varchar(20));
CREATE TABLE log (what varchar(20));
CREATE TABLE counts (n int);
DELIMITER ;;
CREATE TRIGGER ins_film AFTER INSERT ON film FOR EACH ROW BEGIN
  INSERT INTO film_text (id, title) VALUES (NEW.id, NEW.title) ON DUPLICATE KEY UPDATE title = NEW.title;
  IF NEW.id > 5 THEN INSERT IGNORE INTO `log` SELECT REPLACE('insert', 'i', 'I'); ELSE DELETE FROM other.log WHERE 1 = 0; END IF;
END;;
CREATE TRIGGER upd_film BEFORE UPDATE ON film FOR EACH ROW UPDATE counts SET n = n + 1;;
CREATE TRIGGER del_film AFTER DELETE ON film FOR EACH ROW SET @a = 1;;
CREATE TRIGGER del_film_too AFTER DELETE ON film FOR EACH ROW REPLACE log VALUES ('delete');;
DELIMITER ;
INSERT INTO film VALUES (1, 'one'), (2, 'two');
UPDATE film SET title = 'One' WHERE id = 1;
DELETE FROM film WHERE id = 2;
UPDATE film , log SET title = 'x', what = 'y';
