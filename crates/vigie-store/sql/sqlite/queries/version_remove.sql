DELETE FROM version WHERE number = ?1
