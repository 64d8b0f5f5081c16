-- Collations by which every letter counts pad with blanks all the same, but for those of MySQL 8 and nopad.
CREATE TABLE ignored (a VARCHAR(20) COLLATE utf8mb4_bin, UNIQUE (a));
INSERT IGNORE INTO ignored VALUES ('b'), ('b '), ('B');
CREATE TABLE replaced (a VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY, n INT);
REPLACE INTO replaced VALUES ('b', 1), ('b  ', 2);
CREATE TABLE changed (a VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_general_cs PRIMARY KEY, n INT);
INSERT INTO changed VALUES ('b', 1), ('b ', 2) ON DUPLICATE KEY UPDATE n = n + 5;
CREATE TABLE begun (a VARCHAR(20) COLLATE utf8mb4_bin, UNIQUE (a(2)));
INSERT IGNORE INTO begun VALUES ('b'), ('b c');
CREATE TABLE apart (a VARCHAR(20) COLLATE utf8mb4_nopad_bin PRIMARY KEY, b VARBINARY(9) UNIQUE);
INSERT IGNORE INTO apart VALUES ('b', 'b'), ('b ', 'b ');
