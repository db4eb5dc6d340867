INSERT INTO shelf (collection, label, held, last_added) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (collection, label) DO UPDATE SET
    held = held + excluded.held,
    last_added = max(last_added, excluded.last_added)
