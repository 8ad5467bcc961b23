-- MariaDB: every text is Unicode and compared byte by byte, spaces at its end included, whatever the
-- database does by default. The other databases do so anyway.

${mariadb}set foreign_key_checks = 0;
${mariadb}alter table schema_info convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table tag_key convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table third_party convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table client_secret convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table access_token convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table token_usage convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table feed_head convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table change_feed convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table audit_head convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table audit_event convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table admin_user convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table idempotency_key convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table admin_session convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table handover convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}alter table refusal convert to character set utf8mb4 collate utf8mb4_nopad_bin;
${mariadb}set foreign_key_checks = 1;

update schema_info set version = 4;
