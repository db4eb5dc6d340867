INSERT INTO window_step (text) VALUES (?1)
