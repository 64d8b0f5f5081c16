-- As DataGrip and servers have them: no DELIMITER around a body of several statements.
CREATE TABLE c (name varchar(20), `end` int);
create definer = root@`%` trigger tr before update on c for each row
begin
  if new.name = 'begin' then set new.name = 'x'; end if;
  case new.end when 1 then set new.name = case when 1 then 'y' else 'z;' end; else begin end; end case;
  while 0 do set new.end = 1; end while;
end;
create procedure simple() select 1;
create function f() returns int deterministic return 1;
INSERT INTO c VALUES ('a', 1);
