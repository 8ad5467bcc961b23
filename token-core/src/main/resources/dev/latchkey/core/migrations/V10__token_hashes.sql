-- A token's hash leaves its id out since this version. Only hashes are stored, so those of earlier tokens can't be
-- converted: they are unknown from here on, and shown as expired.

update access_token set expires_at = created_at;

update schema_info set version = 10;
