SELECT text FROM window_step ORDER BY sequence
