UPDATE peer SET cursor = ?2, epoch = ?3 WHERE id = ?1
