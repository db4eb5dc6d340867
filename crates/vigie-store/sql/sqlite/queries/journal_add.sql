INSERT INTO journal (sequence, time, actor, act)
VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM journal), ?1, ?2, ?3)
