DELETE FROM window_state
