SELECT label, held FROM shelf WHERE collection = ?1
