SELECT id, member, api_root, collection, fingerprint, cursor, epoch FROM peer WHERE fingerprint = ?1
