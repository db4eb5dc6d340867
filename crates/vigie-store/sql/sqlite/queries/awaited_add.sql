INSERT INTO awaited (marking, version) VALUES (?1, ?2) ON CONFLICT DO NOTHING
