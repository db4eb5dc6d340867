SELECT number, text FROM label WHERE number = ?1
