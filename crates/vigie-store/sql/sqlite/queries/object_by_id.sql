SELECT number, creator, author, versioned, revoked FROM object WHERE digest = ?1 AND id = ?2
