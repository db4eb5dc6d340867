INSERT INTO version (object, spec, instant, said, revoked, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
