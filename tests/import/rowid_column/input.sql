-- SQLite knows rows by a name that a column may have.
CREATE TABLE a (`rowid` varchar(9), id char(3) PRIMARY KEY, ts timestamp NOT NULL DEFAULT '2020-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP);
INSERT INTO a (`rowid`, id) VALUES ('x', 'k'), ('x', 'j'), (NULL, 'n');
CREATE TABLE b (`rowid` varchar(9), id int PRIMARY KEY, ts timestamp NOT NULL DEFAULT '2020-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP);
INSERT INTO b (`rowid`, id) VALUES ('x', 1), (NULL, 2);
