INSERT INTO window_state (text) VALUES (?1)
