DELETE FROM status WHERE requested < ?1
