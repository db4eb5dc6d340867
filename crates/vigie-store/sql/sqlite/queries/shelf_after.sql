SELECT label FROM shelf WHERE collection = ?1 AND last_added > ?2
