-- Numbers that the server would give: from the table's option on, zero and NULL ask for one.
SET sql_mode = '';
CREATE TABLE parent (id int NOT NULL AUTO_INCREMENT, name varchar(20), PRIMARY KEY (id)) AUTO_INCREMENT=10;
INSERT INTO parent (name) VALUES ('ten'), ('eleven');
INSERT INTO parent VALUES (NULL, 'twelve'), (DEFAULT, 'thirteen'), (0, 'fourteen'), (20, 'twenty'), (NULL, 'twenty-one');
INSERT INTO parent () VALUES ();
INSERT INTO parent VALUES (15, 'between'), (NULL, 'twenty-three');
CREATE TABLE second (kind int, id bigint NOT NULL AUTO_INCREMENT, PRIMARY KEY (kind, id), KEY (id));
INSERT INTO second (kind) VALUES (1), (2), (1);
INSERT INTO second VALUES (7, NULL);
CREATE TABLE fixed (id int NOT NULL DEFAULT 3, n int, PRIMARY KEY (id));
INSERT INTO fixed (n) VALUES (1);
