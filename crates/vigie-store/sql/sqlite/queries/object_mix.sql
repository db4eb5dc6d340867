UPDATE object SET mixed = 1 WHERE number = ?1
