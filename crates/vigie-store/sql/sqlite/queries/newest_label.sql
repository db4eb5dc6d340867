SELECT collection, label, newest, added, object, spec, instant, type, version
FROM holding
WHERE collection = ?1 AND label = ?2 AND newest = 1 AND added < ?3
ORDER BY added DESC
LIMIT ?4
