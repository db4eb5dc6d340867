SELECT sequence, kind, collection, label, subject FROM outbox WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
