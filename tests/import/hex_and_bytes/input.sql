-- Hexadecimal, bit and byte literals in columns of every kind, and text that looks like one.
CREATE TABLE t (id int NOT NULL PRIMARY KEY, b varbinary(20), s varchar(60), n bit(8), w bit(64), c char(2));
INSERT INTO t VALUES (0x00,0xDEADBEEF0123456789ABCDEF,'0xDEADBEEF0123456789ABCDEF',b'101',x'27',0x4142);
INSERT INTO t VALUES (1,X'00ff',"X'00ff' and b'101'",0b11,b'',_utf8mb4 0xE697A5);
INSERT INTO t VALUES (2,_binary 'ab\0c','_binary ''x''',_binary '\'',_binary '\0\0\0\0\0\0\\\\',_latin1'\'');
