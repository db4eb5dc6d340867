SELECT number, spec, instant, said, text FROM version WHERE object = ?1 ORDER BY spec, instant LIMIT 1
