INSERT INTO status (id, owner, requested, body) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE owner = excluded.owner
