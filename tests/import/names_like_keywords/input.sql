CREATE TABLE t (
  `date` date, `key` int, value_enum int, internal_note varchar(10), point_x int, timestamp timestamp NULL,
  `primary` int, text text, year year, `index` int, comment varchar(5), status enum('on','off'),
  PRIMARY KEY (`key`), KEY `index` (`index`), KEY key_2 (point_x, `date`)
);
INSERT INTO t VALUES ('2020-01-01',1,2,'x',3,'2020-01-01 00:00:00',4,'t',2020,5,'c','on');
