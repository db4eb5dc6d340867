INSERT INTO label (text) VALUES (?1)
