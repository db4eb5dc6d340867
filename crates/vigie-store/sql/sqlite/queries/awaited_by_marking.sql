SELECT
    awaited.number,
    awaited.version,
    awaited.label,
    version.object,
    object.id,
    version.spec,
    version.instant,
    version.text
FROM awaited
JOIN version ON version.number = awaited.version
JOIN object ON object.number = version.object
WHERE awaited.marking = ?1 AND awaited.number > ?2
ORDER BY awaited.number
LIMIT ?3
