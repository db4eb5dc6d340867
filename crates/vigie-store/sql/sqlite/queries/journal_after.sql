SELECT sequence, time, actor, act FROM journal WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
