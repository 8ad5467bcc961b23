-- OAuth: authorization codes, tokens that are deleted a day after their end, reported leaks.

alter table access_token add column reported_leaked_at ${instant};
alter table access_token add column purge_at ${instant};
create index access_token_purge on access_token (purge_at) ${when_purged};

-- A third party that is deleted takes its codes with it.
create table authorization_code (
  id varchar(12) ${exact} not null primary key,
  hash ${hash} not null,
  third_party_id varchar(20) ${exact} not null,
  redirect_uri varchar(2000),
  code_challenge varchar(43) ${exact} not null,
  scopes varchar(2000) not null,
  approved_by varchar(200) ${exact} not null,
  created_at ${instant} not null,
  expires_at ${instant} not null,
  used_at ${instant},
  token_id varchar(10) ${exact},
  constraint authorization_code_third_party foreign key (third_party_id)
    references third_party (id) on delete cascade
) ${table};
create index authorization_code_age on authorization_code (expires_at);

update schema_info set version = 8;
