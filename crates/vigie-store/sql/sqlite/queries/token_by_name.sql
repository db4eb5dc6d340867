SELECT id, name, secret_hash, member, may_read, may_write FROM token WHERE name = ?1
