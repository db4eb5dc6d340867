INSERT INTO member (id, name, country, identity, groups, state, epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name,
    country = excluded.country,
    identity = excluded.identity,
    groups = excluded.groups,
    state = excluded.state,
    epoch = excluded.epoch
