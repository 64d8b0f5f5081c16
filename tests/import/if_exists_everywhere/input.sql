-- What is asked for if it is there or is not, in lower case.
create table v (a int, s timestamp(6) as row start, e timestamp(6) as row end, period for system_time (s, e)) with system versioning;
create table w (a int, vf date, vt date, period for app(vf, vt));
create table x (a int, b int, key k (b));
alter table x add column if not exists b int unique, add column if not exists c int default 3, add index if not exists k (b), add column if not exists (a int, d int);
insert into x (a) values (1);
alter table x modify column if exists nope int, change column if exists nope2 n2 int, rename column a to aa, drop column if exists zz, drop index if exists zz;
create index if not exists k on x (aa);
create table if not exists x (z int);
alter table w add system versioning;
alter table if exists nowhere add column q int;
