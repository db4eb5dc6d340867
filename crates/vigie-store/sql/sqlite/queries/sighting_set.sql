INSERT INTO sighting (id, indicator, member, count, first_seen, last_seen, noticed, label)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (id) DO UPDATE SET
    count = excluded.count,
    first_seen = excluded.first_seen,
    last_seen = excluded.last_seen,
    noticed = excluded.noticed,
    label = excluded.label
WHERE member = excluded.member AND indicator = excluded.indicator
