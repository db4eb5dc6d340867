SELECT collection, label, newest, added, object, spec, instant, type, version
FROM holding INDEXED BY holding_by_type
WHERE collection = ?1 AND label = ?2 AND newest = ?3 AND added > ?4 AND type = ?6
ORDER BY added
LIMIT ?5
