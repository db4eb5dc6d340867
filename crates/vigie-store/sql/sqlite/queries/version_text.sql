SELECT said, revoked, text FROM version WHERE number = ?1
