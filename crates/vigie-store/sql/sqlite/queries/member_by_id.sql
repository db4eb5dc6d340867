SELECT id, name, country, identity, groups, state, epoch FROM member WHERE id = ?1
