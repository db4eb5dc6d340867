INSERT INTO quarantine (object, version, producer, received, label, digest, text)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (object, producer, digest) DO NOTHING
