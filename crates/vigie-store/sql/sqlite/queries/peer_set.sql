INSERT INTO peer (id, member, api_root, collection, fingerprint, cursor, epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (id) DO UPDATE SET
    member = excluded.member,
    api_root = excluded.api_root,
    collection = excluded.collection,
    fingerprint = excluded.fingerprint,
    cursor = excluded.cursor,
    epoch = excluded.epoch
