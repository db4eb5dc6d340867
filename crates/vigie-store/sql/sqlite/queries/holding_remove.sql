DELETE FROM holding WHERE collection = ?1 AND label = ?2 AND newest = ?3 AND added = ?4
