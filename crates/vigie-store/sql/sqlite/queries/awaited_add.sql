INSERT INTO awaited (version, label, marking) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING
