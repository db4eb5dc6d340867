SELECT collection, label, spec FROM holding INDEXED BY holding_of_object
WHERE object = ?1 AND (collection, label, spec) > (?2, ?3, ?4)
ORDER BY collection, label, spec
LIMIT 1
