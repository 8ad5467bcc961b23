-- Certificate-bound tokens (RFC 8705 §3): the SHA-256 thumbprint of the certificate; null for none.

alter table access_token add column certificate ${hash};

update schema_info set version = 9;
