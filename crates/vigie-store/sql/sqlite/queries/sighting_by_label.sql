SELECT number, id, indicator, member, count, first_seen, last_seen, noticed, label
FROM sighting
WHERE label = ?1 AND (noticed, number) < (?2, ?3)
ORDER BY noticed DESC, number DESC
LIMIT ?4
