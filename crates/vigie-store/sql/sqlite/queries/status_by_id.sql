SELECT id, owner, requested, body FROM status WHERE id = ?1 AND owner = ?2
