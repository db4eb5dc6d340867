DELETE FROM awaited WHERE version = ?1 AND label = ?2
