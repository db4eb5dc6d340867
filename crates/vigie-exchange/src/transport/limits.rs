//! How much of our time and memory a server may take.

use std::time::Duration;

/// Limits of all that is done with one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// Without a byte of the answer. The channel of notices carries one at least every
    /// [`HEARTBEAT_EVERY`](crate::federation::HEARTBEAT_EVERY).
    pub silence: Duration,
    /// From the request to the last byte of the answer.
    pub total: Duration,
    /// Bytes of one answer, decompressed.
    pub body_bytes: usize,
    /// Objects, records or versions of one page.
    pub page_items: usize,
    /// Pages of one walk.
    pub pages: u64,
    /// Redirects of one request, all within the server.
    pub redirects: u32,
    /// How often a request is tried before its error counts.
    pub attempts: u32,
    /// The first wait before a request is tried again; each further wait doubles.
    pub backoff_first: Duration,
    /// The longest of these waits.
    pub backoff_most: Duration,
    /// The longest wait that a server may ask for in `Retry-After`; if it asks for more, its error counts at once.
    pub retry_after_most: Duration,
    /// Bytes of one request that adds objects, if the server takes as much.
    pub add_bytes: usize,
    /// Objects of one request that adds objects.
    pub add_objects: usize,
    /// How long to ask whether a server has dealt with objects that we added.
    pub status_wait: Duration,
    /// Bytes of one notice.
    pub notice_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            total: Duration::from_mins(5),
            body_bytes: 64 << 20,
            page_items: 100_000,
            pages: 100_000,
            redirects: 3,
            attempts: 4,
            backoff_first: Duration::from_millis(250),
            backoff_most: Duration::from_secs(30),
            retry_after_most: Duration::from_mins(2),
            add_bytes: 8 << 20,
            add_objects: 1000,
            status_wait: Duration::from_mins(1),
            notice_bytes: 4096,
        }
    }
}
