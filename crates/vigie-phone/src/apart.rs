//! Readers that run apart: in a process of their own, which may do nothing but read what it is sent.
//!
//! What is written by others and trusts its input (a library) is not let near evidence in this process. It runs where it can
//! lose nothing but itself: this side sends it bytes, and takes what it says for as untrusted as the bytes were.
//!
//! This crate starts no process: who uses it gives an [`Apart`].

use std::io::{Read, Write};
use std::time::Duration;

/// Starts processes that read apart.
pub trait Apart {
    /// Starts one, or says why it cannot.
    fn start(&mut self) -> Result<Box<dyn Worker>, String>;
}

/// A process that reads.
pub trait Worker {
    /// Gives it so long from now on; then it is ended.
    fn allow(&mut self, time: Duration);

    /// Where to write to it.
    fn to(&mut self) -> &mut dyn Write;

    /// Where to read from it.
    fn from(&mut self) -> &mut dyn Read;

    /// Ends it, and says how it had ended if it was no more.
    fn end(self: Box<Self>) -> String;
}
