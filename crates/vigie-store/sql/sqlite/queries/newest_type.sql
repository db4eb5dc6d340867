SELECT collection, label, newest, added, object, spec, instant, type, version
FROM holding INDEXED BY holding_by_type
WHERE collection = ?1 AND label = ?2 AND newest = 1 AND added < ?3 AND type = ?5
ORDER BY added DESC
LIMIT ?4
