SELECT id, mixed FROM object WHERE number = ?1
