UPDATE object SET revoked = min(coalesce(revoked, ?2), ?2) WHERE number = ?1
