SELECT number, id, noticed, label, indicator, hit
FROM alert
WHERE label = ?1 AND (noticed, number) < (?2, ?3)
ORDER BY noticed DESC, number DESC
LIMIT ?4
