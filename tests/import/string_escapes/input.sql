CREATE TABLE t (id int PRIMARY KEY, s text);
INSERT INTO t VALUES (1,'\0\Z\t\b\n\r'),(2,'\%\_\\\\'),(3,'\\\','),(4,'it\'s `q` "d"'),(5,'it''s'),(6,"say ""hi"" 'x'"),(7,'\a\c\x41');
INSERT INTO t VALUES (8,'line
.shell echo
CREATE TABLE x (y int);
);
-- no comment
INSERT INTO t VALUES (99,''x'');'),(9,'a' 'b' "c"),(10,'a'
'b'),(11,_utf8mb4'cafÃ©'),(12,_utf8mb4'x' COLLATE utf8mb4_bin),(13,N'national'),(14,_latin1'café'),(15,_latin1 x'e9');
