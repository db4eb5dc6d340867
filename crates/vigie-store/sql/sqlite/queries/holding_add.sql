INSERT INTO holding (collection, label, newest, added, object, spec, instant, type, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
