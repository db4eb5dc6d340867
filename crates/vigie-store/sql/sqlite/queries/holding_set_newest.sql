UPDATE holding SET newest = ?4
WHERE collection = ?1 AND label = ?2 AND newest = 1 - ?4 AND added = ?3
