SELECT collection, label, newest, added, object, spec, instant, type, version
FROM holding INDEXED BY holding_by_added
WHERE collection = ?1 AND added < ?2
ORDER BY added DESC
LIMIT ?3
