SELECT number, id, title, description, alias, created, last_added FROM collection WHERE alias = ?1
