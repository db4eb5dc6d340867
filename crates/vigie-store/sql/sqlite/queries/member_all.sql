SELECT id, name, country, identity, groups, state, epoch FROM member ORDER BY id
