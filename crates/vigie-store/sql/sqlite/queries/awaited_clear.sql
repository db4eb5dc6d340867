DELETE FROM awaited WHERE version = ?1
