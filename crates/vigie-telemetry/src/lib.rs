//! Hostile log bytes in, events out: one file for each reader.
