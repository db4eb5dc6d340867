SELECT number, id, noticed, label, indicator, hit
FROM alert
WHERE id = ?1
