-- STR_TO_DATE of texts that abbreviate names, and that end before their format.
SET sql_mode = '';
CREATE TABLE d (id int AUTO_INCREMENT PRIMARY KEY, d date);
INSERT INTO d (d) VALUES
  (STR_TO_DATE('17-JUN-1987', '%d-%M-%Y')), (STR_TO_DATE('17-Sept-1987', '%d-%M-%Y')), (STR_TO_DATE('17-Juny-1987', '%d-%M-%Y')),
  (STR_TO_DATE('17-J-1987', '%d-%M-%Y')), (STR_TO_DATE('17-Ma-1987', '%d-%M-%Y')), (STR_TO_DATE('17-Mar-1987', '%d-%M-%Y')),
  (STR_TO_DATE('17-June-1987', '%d-%b-%Y')), (STR_TO_DATE('17-S-1987', '%d-%b-%Y')), (STR_TO_DATE('17-Se-1987', '%d-%b-%Y')), (STR_TO_DATE('17--1987', '%d-%b-%Y')),
  (STR_TO_DATE('3rd May 2020', '%D %M %Y')), (STR_TO_DATE('21st 5 2020', '%D %m %Y')), (STR_TO_DATE('3 5 2020', '%D %m %Y')), (STR_TO_DATE('3r 5 2020', '%D %m %Y')),
  (STR_TO_DATE('Monday 4 May 2020', '%W %d %M %Y')), (STR_TO_DATE('Sun 4 May 2020', '%W %d %M %Y')), (STR_TO_DATE('Mon, 4 May 2020', '%a, %d %M %Y')), (STR_TO_DATE('xxx 4 May 2020', '%a %d %M %Y')), (STR_TO_DATE('Monday 4 May 2020', '%a %d %M %Y')),
  (STR_TO_DATE('2020 60', '%Y %j')), (STR_TO_DATE('2020 366', '%Y %j')), (STR_TO_DATE('2021 366', '%Y %j')), (STR_TO_DATE('60', '%j')),
  (STR_TO_DATE('1 6 3 2020', '%w %e %c %Y')), (STR_TO_DATE('2020.,05-07', '%Y%.%m-%d')), (STR_TO_DATE('2020-05-07x12', '%Y-%m-%d%@%#')), (STR_TO_DATE('2020-13-01', '%Y-%m-%d')), (STR_TO_DATE('2020-05-06', '%Y-%m-%d abc')), (STR_TO_DATE('2020-5-6 %', '%Y-%m-%d %'));
CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, t time);
INSERT INTO t (t) VALUES
  (STR_TO_DATE('10:11:12 AM', '%r')), (STR_TO_DATE('10:11:12 pm', '%r')), (STR_TO_DATE('12:11:12 AM', '%r')), (STR_TO_DATE('13:11:12 PM', '%r')), (STR_TO_DATE('10:11 pm', '%r')), (STR_TO_DATE('10:11', '%T')), (STR_TO_DATE('10', '%H:%i:%s')), (STR_TO_DATE('', '%H:%i')), (STR_TO_DATE('5 10', '%d %H')), (STR_TO_DATE('61', '%i')), (STR_TO_DATE('5 x', '%h %p')), (STR_TO_DATE('1 PM', '%I %p'));
CREATE TABLE m (id int AUTO_INCREMENT PRIMARY KEY, m datetime(6));
INSERT INTO m (m) VALUES
  (STR_TO_DATE('2020-05-06', '%Y-%m-%d %H:%i:%s')), (STR_TO_DATE('2020-05-06 07', '%Y-%m-%d %H:%i:%s.%f')), (STR_TO_DATE('2020-01-01 10:11:12.5 PM', '%Y-%m-%d %h:%i:%s.%f %p')), (STR_TO_DATE('2020-01-01 10:11:12 PM', '%Y-%m-%d %r')), (STR_TO_DATE('2020 60 10', '%Y %j %H')), (STR_TO_DATE('May 4, 2020 1:2 am', '%M %d, %Y %l:%i %p')), (STR_TO_DATE('Mon 4.5.2020 3', '%a %d.%m.%Y %k'));
CREATE TABLE z (id int AUTO_INCREMENT PRIMARY KEY, d date, m datetime);
INSERT INTO z (d, m) VALUES (STR_TO_DATE('2020', '%Y-%m-%d'), STR_TO_DATE('2020-05', '%Y-%m-%d %H')), (STR_TO_DATE('May 2020', '%M %Y'), NULL), (STR_TO_DATE('', '%Y-%m-%d'), STR_TO_DATE('', '%Y-%m-%d %H:%i'));
