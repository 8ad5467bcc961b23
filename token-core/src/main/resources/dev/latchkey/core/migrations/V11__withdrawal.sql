-- Who has approved a token, and who was shown a client secret: what goes when that person does.

alter table access_token add column approved_by varchar(200) ${exact};
create index access_token_approved on access_token (approved_by);
alter table client_secret add column created_by varchar(200) ${exact};
create index client_secret_created on client_secret (created_by);

update schema_info set version = 11;
