INSERT INTO alert (id, noticed, label, indicator, hit) VALUES (?1, ?2, ?3, ?4, ?5)
