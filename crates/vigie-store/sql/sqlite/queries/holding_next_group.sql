SELECT collection, label, spec FROM holding INDEXED BY holding_of_object
WHERE object = ?1 AND collection = ?2 AND (label, spec) > (?3, ?4)
ORDER BY label, spec
LIMIT 1
