SELECT version.text
FROM object
JOIN version ON version.object = object.number
WHERE object.digest = ?1 AND object.id = ?2
ORDER BY version.spec DESC, version.instant DESC
LIMIT 1
