-- Which key authenticates an audit event; null for those from before there was one.

alter table audit_event add column key_id varchar(16) ${exact};

update schema_info set version = 5;
