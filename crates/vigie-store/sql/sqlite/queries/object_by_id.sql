SELECT number, creator, author, versioned, revoked FROM object WHERE id = ?1
