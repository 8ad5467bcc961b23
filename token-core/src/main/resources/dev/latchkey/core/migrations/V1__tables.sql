-- Instants are UTC, to the millisecond. Keys compare byte by byte on every database.

create table schema_info (
  version int not null
);
insert into schema_info (version) values (1);

create table tag_key (
  id int not null primary key,
  secret ${hash} not null,
  created_at ${instant} not null
);

create table third_party (
  id varchar(20) ${exact} not null primary key,
  name varchar(200) not null,
  name_key varchar(600) ${exact} not null,
  enabled boolean not null,
  authorization_kind varchar(20) not null,
  callback_url varchar(2000),
  contact_name varchar(200),
  contact_email varchar(254),
  scopes varchar(2000) not null,
  allowed_networks varchar(4000) not null,
  created_at ${instant} not null,
  created_by varchar(200) not null,
  version bigint not null,
  constraint third_party_name unique (name_key)
);

create table client_secret (
  id varchar(20) ${exact} not null primary key,
  third_party_id varchar(20) ${exact} not null,
  hash ${hash} not null,
  created_at ${instant} not null,
  expires_at ${instant},
  constraint client_secret_third_party foreign key (third_party_id) references third_party (id)
);
create index client_secret_of on client_secret (third_party_id);

create table access_token (
  id varchar(10) ${exact} not null primary key,
  third_party_id varchar(20) ${exact} not null,
  prefix varchar(10) not null,
  hash ${hash} not null,
  label varchar(200),
  scopes varchar(2000) not null,
  created_at ${instant} not null,
  created_by varchar(200) not null,
  expires_at ${instant},
  deactivated_at ${instant},
  replaced_by varchar(10) ${exact},
  version bigint not null,
  constraint access_token_third_party foreign key (third_party_id) references third_party (id)
);
create index access_token_of on access_token (third_party_id, created_at, id);
create index access_token_expiry on access_token (expires_at);

-- No foreign key: counting must never lock, or wait for, a token's row.
create table token_usage (
  token_id varchar(10) ${exact} not null,
  used_on date not null,
  uses bigint not null,
  last_used_at ${instant} not null,
  last_used_from varchar(45) not null,
  constraint token_usage_key primary key (token_id, used_on)
);
create index token_usage_day on token_usage (used_on);

create table feed_head (
  id int not null primary key,
  seq bigint not null
);
insert into feed_head (id, seq) values (1, 0);

create table change_feed (
  seq bigint not null primary key,
  kind varchar(20) not null,
  subject varchar(20) ${exact} not null,
  created_at ${instant} not null
);

create table audit_head (
  id int not null primary key,
  seq bigint not null,
  hash ${hash} not null
);

create table audit_event (
  seq bigint not null primary key,
  created_at ${instant} not null,
  actor varchar(200) ${exact} not null,
  address varchar(45) not null,
  action varchar(50) not null,
  third_party_id varchar(20) ${exact},
  token_id varchar(10) ${exact},
  detail ${text} not null,
  previous_hash ${hash} not null,
  hash ${hash} not null
);
create index audit_event_third_party on audit_event (third_party_id, seq);
create index audit_event_actor on audit_event (actor, seq);
create index audit_event_at on audit_event (created_at);

create table admin_user (
  name varchar(100) ${exact} not null primary key,
  password_hash varchar(500) not null,
  role varchar(20) not null,
  must_change_password boolean not null,
  created_at ${instant} not null,
  version bigint not null
);

create table idempotency_key (
  actor varchar(200) ${exact} not null,
  idempotency_key varchar(200) ${exact} not null,
  request_hash ${hash} not null,
  third_party_id varchar(20) ${exact},
  resource_id varchar(20) ${exact} not null,
  created_at ${instant} not null,
  constraint idempotency_key_key primary key (actor, idempotency_key)
);
create index idempotency_key_age on idempotency_key (created_at);
