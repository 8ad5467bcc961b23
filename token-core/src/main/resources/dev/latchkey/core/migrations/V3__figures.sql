-- What the figures count and look for among many tokens. PostgreSQL leaves out of an index what is
-- switched off, so that it counts what is left without reading the tokens themselves.

drop index access_token_expiry ${on_token};
create index access_token_expiry on access_token (expires_at) ${not_switched_off};
create index access_token_age on access_token (created_at) ${not_switched_off};

update schema_info set version = 3;
