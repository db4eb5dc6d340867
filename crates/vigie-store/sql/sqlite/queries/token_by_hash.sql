SELECT id, name, secret_hash, member, may_read, may_write FROM token WHERE secret_hash = ?1
