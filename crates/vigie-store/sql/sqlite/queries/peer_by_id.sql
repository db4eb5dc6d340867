SELECT id, member, api_root, collection, fingerprint, cursor, epoch FROM peer WHERE id = ?1
