SELECT said, revoked FROM version WHERE number = ?1
