-- Everything that a node keeps.
--
-- Identifiers are text, as they are written everywhere. `added` is in microseconds since 1970, every other time in
-- nanoseconds. `number` columns are internal and never leave the database.

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Each distinct handling label once, in its canonical spelling.
CREATE TABLE label (
    number INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE collection (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT,
    alias TEXT UNIQUE,
    created INTEGER NOT NULL,
    last_added INTEGER NOT NULL -- the greatest `added` ever given here; it outlives what it was given to
) STRICT;

CREATE TABLE member (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    identity TEXT NOT NULL UNIQUE,
    groups TEXT NOT NULL, -- JSON list
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'left')),
    epoch INTEGER NOT NULL -- moves whenever what the member may see changes
) STRICT, WITHOUT ROWID;

CREATE TABLE peer (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL REFERENCES member (id),
    api_root TEXT NOT NULL,
    collection TEXT NOT NULL, -- the peer's own
    fingerprint TEXT NOT NULL UNIQUE,
    cursor TEXT,
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    member TEXT NOT NULL REFERENCES member (id),
    may_read TEXT NOT NULL, -- `all` or a JSON list of collections
    may_write TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE type (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- What is true of all versions of a STIX object. Outlives them, so that nobody can take over a deleted object.
--
-- Identifiers come in no order, so each new one changes another page of their index. It holds digests to have few
-- pages; that an identifier stands here once is the one writer's care.
CREATE TABLE object (
    number INTEGER PRIMARY KEY,
    digest INTEGER NOT NULL, -- of the identifier
    id TEXT NOT NULL,
    creator TEXT NOT NULL, -- the member who first brought it
    author TEXT, -- its `created_by_ref`
    versioned INTEGER NOT NULL CHECK (versioned IN (0, 1)),
    revoked INTEGER, -- the instant of the version that revoked it
    mixed INTEGER NOT NULL DEFAULT 0 CHECK (mixed IN (0, 1)) -- held under several labels or STIX versions
) STRICT;

CREATE INDEX object_by_digest ON object (digest);

-- The exact text of each version, once, in however many collections it is.
CREATE TABLE version (
    number INTEGER PRIMARY KEY,
    object INTEGER NOT NULL REFERENCES object (number),
    spec INTEGER NOT NULL CHECK (spec IN (20, 21)),
    instant INTEGER NOT NULL,
    said TEXT NOT NULL, -- the instant as the object writes it
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    text TEXT NOT NULL,
    UNIQUE (object, spec, instant)
) STRICT;

-- Which collection holds which version under which label.
--
-- A page is a merge of the labels that a viewer may see, each read in order from this table; so its cost does not
-- depend on what the viewer may not see. `newest` puts superseded versions out of the way of the usual question: it is 1
-- for the greatest instant among those of one object, STIX version and label in a collection.
--
-- `version` refers to version (number). It is no declared foreign key: checking it at each delete would need another
-- index here, and versions are only removed after their last holding.
CREATE TABLE holding (
    collection INTEGER NOT NULL REFERENCES collection (number),
    label INTEGER NOT NULL REFERENCES label (number),
    newest INTEGER NOT NULL CHECK (newest IN (0, 1)),
    added INTEGER NOT NULL,
    object INTEGER NOT NULL REFERENCES object (number),
    spec INTEGER NOT NULL,
    instant INTEGER NOT NULL,
    type INTEGER NOT NULL REFERENCES type (number),
    version INTEGER NOT NULL,
    PRIMARY KEY (collection, label, newest, added)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX holding_of_object ON holding (object, collection, label, spec, instant);
CREATE UNIQUE INDEX holding_by_added ON holding (collection, added);
CREATE INDEX holding_by_type ON holding (collection, label, type, newest, added);
-- Instants fall into 67 slots, so that objects with scattered dates are added at 67 places and not at as many places as
-- there are objects; a question for one instant reads one slot.
CREATE INDEX holding_by_instant ON holding (collection, instant % 67, added, instant);

-- How much a collection holds under a label, and when the last of it was added.
CREATE TABLE shelf (
    collection INTEGER NOT NULL REFERENCES collection (number),
    label INTEGER NOT NULL REFERENCES label (number),
    held INTEGER NOT NULL,
    last_added INTEGER NOT NULL,
    PRIMARY KEY (collection, label)
) STRICT, WITHOUT ROWID;

-- Versions held under a label that could not be made out, for want of a marking definition.
CREATE TABLE awaited (
    number INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES version (number) ON DELETE CASCADE,
    label INTEGER NOT NULL REFERENCES label (number),
    marking TEXT NOT NULL,
    UNIQUE (version, label, marking)
) STRICT;
CREATE INDEX awaited_by_marking ON awaited (marking);

-- Same object and version as one that we hold, other content.
CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY,
    object TEXT NOT NULL,
    version TEXT, -- as the object writes it, if it does
    producer TEXT NOT NULL,
    received INTEGER NOT NULL,
    label INTEGER NOT NULL REFERENCES label (number),
    digest BLOB NOT NULL, -- SHA-256 of the text, so that repeating it costs nothing
    text TEXT NOT NULL,
    UNIQUE (object, producer, digest)
) STRICT;
CREATE INDEX quarantine_by_label ON quarantine (label);

CREATE TABLE alert (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    noticed INTEGER NOT NULL,
    label INTEGER NOT NULL REFERENCES label (number),
    indicator TEXT,
    hit TEXT NOT NULL -- JSON
) STRICT;
CREATE INDEX alert_by_label ON alert (label, noticed);
CREATE INDEX alert_of_indicator ON alert (indicator, label, noticed);

CREATE TABLE sighting (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    indicator TEXT NOT NULL,
    member TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    noticed INTEGER NOT NULL,
    label INTEGER NOT NULL REFERENCES label (number)
) STRICT;
CREATE INDEX sighting_by_label ON sighting (label, noticed);
CREATE INDEX sighting_by_indicator ON sighting (indicator, label, noticed);

-- What became of the objects of one request (TAXII 2.1 section 4.3).
CREATE TABLE status (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    requested INTEGER NOT NULL,
    body TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX status_by_time ON status (requested);

-- What was done, 1, 2, 3… without gaps. Nothing is ever removed from it.
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL -- JSON
) STRICT;

-- What others have to be told, 1, 2, 3… The oldest are removed.
CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    collection TEXT,
    label INTEGER REFERENCES label (number),
    subject TEXT
) STRICT;
