SELECT marking FROM awaited WHERE version = ?1 AND label = ?2 ORDER BY marking
