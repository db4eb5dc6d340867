UPDATE collection SET title = ?2, description = ?3, alias = ?4 WHERE id = ?1
