SELECT id FROM collection WHERE number = ?1
