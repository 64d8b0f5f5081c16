-- Only texts beyond ASCII become other bytes on a server.
SET character_set_client = utf8mb4, character_set_connection = latin1;
CREATE TABLE hexadecimal (id int, b blob, s varchar(9));
INSERT INTO hexadecimal VALUES (1, x'41', 'é'), (2, 0xe9, ''), (3, 'plain', 'é'), (4, CONCAT('a', 'b'), 'é');
INSERT INTO hexadecimal SET b = 'plain', id = 5, s = 'é';
CREATE TABLE texts (id int, b blob);
INSERT INTO texts VALUES (1, 'a'), (2, 'é');
CREATE TABLE set_form (id int, b blob);
INSERT INTO set_form SET b = 'é', id = 1;
CREATE TABLE computed (id int, b blob);
INSERT INTO computed VALUES (1, CONCAT('é', 'b'));
