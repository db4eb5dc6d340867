INSERT INTO token (id, name, secret_hash, member, may_read, may_write) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
