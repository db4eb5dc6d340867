UPDATE collection SET last_added = ?2 WHERE number = ?1
