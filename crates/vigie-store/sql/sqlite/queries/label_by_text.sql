SELECT number FROM label WHERE text = ?1
