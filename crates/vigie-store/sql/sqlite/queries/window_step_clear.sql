DELETE FROM window_step
