SELECT number, object, version, producer, received, label, text
FROM quarantine
WHERE label = ?1 AND number < ?2
ORDER BY number DESC
LIMIT ?3
