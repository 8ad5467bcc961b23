-- Which form the keys of third parties' names have. The admin WAR recomputes older ones at its start.

alter table schema_info add column name_keys int default 0 not null;

update schema_info set version = 7;
