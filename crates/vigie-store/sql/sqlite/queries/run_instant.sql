SELECT
    holding.collection,
    holding.label,
    holding.newest,
    holding.added,
    holding.object,
    holding.spec,
    holding.instant,
    holding.type,
    holding.version
FROM holding AS slot INDEXED BY holding_by_instant
CROSS JOIN holding
    ON holding.collection = slot.collection
    AND holding.label = slot.label
    AND holding.newest = slot.newest
    AND holding.added = slot.added
WHERE slot.collection = ?1 AND slot.instant % 67 = ?4 % 67 AND slot.added > ?2 AND slot.instant = ?4
ORDER BY slot.added
LIMIT ?3
