SELECT collection, label, newest, added, object, spec, instant, type, version
FROM holding INDEXED BY holding_of_object
WHERE object = ?1 AND collection = ?2 AND label = ?3 AND spec = ?4
ORDER BY instant DESC
LIMIT 1
