SELECT version.text
FROM object
JOIN version ON version.object = object.number
WHERE object.id = ?1
ORDER BY version.spec DESC, version.instant DESC
LIMIT 1
