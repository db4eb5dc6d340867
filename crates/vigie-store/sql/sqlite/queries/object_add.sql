INSERT INTO object (digest, id, creator, author, versioned, revoked) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
