SELECT
    coalesce((SELECT sequence FROM outbox ORDER BY sequence LIMIT 1), 0),
    coalesce((SELECT sequence FROM outbox ORDER BY sequence DESC LIMIT 1), 0)
