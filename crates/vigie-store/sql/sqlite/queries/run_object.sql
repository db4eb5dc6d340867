SELECT collection, label, newest, added, object, spec, instant, type, version
FROM holding INDEXED BY holding_of_object
WHERE object = ?6 AND collection = ?1 AND label = ?2 AND newest = ?3 AND added > ?4
ORDER BY added
LIMIT ?5
