SELECT number FROM type WHERE name = ?1
