SELECT number, spec, instant, said, text FROM version WHERE object = ?1 AND spec = ?2 AND instant = ?3
