/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
CREATE TABLE t (
  a decimal(5,2), b int, c double, y year, u bigint unsigned, e enum('a','b'), s set('x','y'), f binary(2)
);
INSERT INTO t VALUES ('', '12px', '1.5x', '20x', '', 'c', 'y,z,x', 'abc'),
  ('x', '', 'y', '', '-5', 'b', 'x', 'ab'),
  ('1.5abc', '1e2', '1e2z', '2024x', '18446744073709551616', 7, '', 0x616263);
CREATE TABLE times (a date, b datetime, c time(1), d timestamp NULL);
INSERT INTO times VALUES ('', '', '', ''),
  ('x', '2024-13-01', '25:61:00', '2024-01-05T10:11:12Z'),
  ('2024-2-31', '2024-01-05 10:11', '1 10:00:00', '2024-01-05 10:11:12.9'),
  ('2024-01-05x', '2024-2-30 10:00:00', '900:00:00', '24-1-5'),
  ('2024', '2024.01.05 1', '10:11:12x', '20240105101112');
CREATE TABLE computed (a int, d date);
INSERT INTO computed VALUES (CONCAT('12', 'px'), CONCAT('2024-01-05', 'x'));
