-- A second factor of the people who administer: the secret of their authenticator (RFC 6238), the
-- time step of the last code that was used, and hashes of the recovery codes that are left.

alter table admin_user add column second_factor varchar(64);
alter table admin_user add column second_factor_on boolean default false not null;
alter table admin_user add column second_factor_step bigint default 0 not null;
alter table admin_user add column recovery_codes varchar(1000) default '' not null;

update schema_info set version = 6;
