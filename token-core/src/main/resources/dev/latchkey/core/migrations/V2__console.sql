-- The console: sessions of people, links that hand a token over, and why requests were refused.

create table admin_session (
  id varchar(12) ${exact} not null primary key,
  hash ${hash} not null,
  user_name varchar(100) ${exact} not null,
  created_at ${instant} not null,
  last_seen_at ${instant} not null,
  address varchar(45) not null,
  user_agent varchar(200) not null
);
create index admin_session_of on admin_session (user_name);
create index admin_session_age on admin_session (last_seen_at);

create table handover (
  id varchar(12) ${exact} not null primary key,
  hash ${hash} not null,
  third_party_id varchar(20) ${exact} not null,
  renews varchar(10) ${exact},
  label varchar(200),
  lifetime varchar(40),
  scopes varchar(2000),
  client_secret boolean not null,
  overlap varchar(40) not null,
  created_at ${instant} not null,
  created_by varchar(200) not null,
  expires_at ${instant} not null,
  opened_at ${instant},
  opened_from varchar(45),
  token_id varchar(10) ${exact},
  refusals int not null,
  version bigint not null,
  constraint handover_third_party foreign key (third_party_id) references third_party (id)
);
create index handover_of on handover (third_party_id, created_at);
create index handover_expiry on handover (expires_at);

-- By the hour (of UTC). No foreign key: counting must never lock, or wait for, a token's row.
-- Without a token: ''.
create table refusal (
  refused_at ${instant} not null,
  reason varchar(30) ${exact} not null,
  token_id varchar(10) ${exact} not null,
  refusals bigint not null,
  constraint refusal_key primary key (refused_at, reason, token_id)
);

update schema_info set version = 2;
