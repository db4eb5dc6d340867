DELETE FROM outbox WHERE sequence <= (SELECT max(sequence) FROM outbox) - ?1
