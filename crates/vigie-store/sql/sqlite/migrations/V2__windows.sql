-- What is remembered of records for rules over several of them: a state, line by line, and the steps since.
CREATE TABLE window_state (
    line INTEGER PRIMARY KEY,
    text TEXT NOT NULL -- JSON
) STRICT;
CREATE TABLE window_step (
    sequence INTEGER PRIMARY KEY,
    text TEXT NOT NULL -- JSON
) STRICT;
DELETE FROM setting WHERE key = 'windows';
