//! TAXII 2.1 (OASIS Standard, 10 June 2021): its documents, media types and dates, and a client.

pub mod client;
pub mod date;
pub mod media;
pub mod wire;
