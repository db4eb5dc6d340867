SELECT id, member, api_root, collection, fingerprint, cursor, epoch FROM peer ORDER BY id
