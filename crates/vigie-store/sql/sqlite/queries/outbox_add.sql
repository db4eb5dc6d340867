INSERT INTO outbox (sequence, kind, collection, label, subject)
VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM outbox), ?1, ?2, ?3, ?4)
