//! Everything a node keeps, in SQLite, written through one Tx.
