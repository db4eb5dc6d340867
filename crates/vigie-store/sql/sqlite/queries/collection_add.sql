INSERT INTO collection (id, title, description, alias, created, last_added) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
