//! What Vigie does, one file for each verb.
