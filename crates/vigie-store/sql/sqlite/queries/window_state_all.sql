SELECT text FROM window_state ORDER BY line
