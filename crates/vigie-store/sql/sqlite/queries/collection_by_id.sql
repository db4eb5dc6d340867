SELECT number, id, title, description, alias, created, last_added FROM collection WHERE id = ?1
