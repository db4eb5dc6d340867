//! What nodes of Vigie say to each other beside TAXII: that there is something new.
//!
//! A node holds one request open at each of its peers, `GET /federation/notices`. The answer is a stream of server-sent
//! events (HTML standard, section 9.2) that never ends. Whenever a collection has taken in something that this peer may
//! see, or what it may see has changed, a notice comes; the peer then pulls in the ordinary way. A notice carries nothing
//! else, so losing one costs time at most: after every interruption a peer pulls once.
//!
//! Start with [`Notice`], then `federation/channel.rs` and `federation/pull.rs`.

mod channel;
mod pull;
mod sse;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vigie_model::id::CollectionId;

pub use self::channel::{NoticeStream, Signal};
pub use self::pull::{Batch, Cursor, Pull};
pub use self::sse::{Event, EventParser, EventTooLong};
use crate::taxii::date::DateAdded;

/// Where the channel lies at the server's root.
pub const NOTICES_PATH: &str = "/federation/notices";

/// The media type of the channel.
pub const EVENT_STREAM: &str = "text/event-stream";

/// What a node sends when it has nothing to say, so that the peer knows that it is there.
pub const HEARTBEAT: &str = ":\n\n";

/// How often it does.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(10);

/// The name of the event.
const NOTICE_EVENT: &str = "notice";

/// A collection has changed for the peer that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which.
    pub collection: CollectionId,
    /// By when what the notice tells of was there; it says nothing of what others may see.
    pub date_added: DateAdded,
    /// The peer's audience epoch: when it moves, what the peer may see has changed other than by addition, and it pulls
    /// from the beginning.
    pub epoch: u64,
}

impl Notice {
    /// As it stands in the stream, with the blank line that ends it.
    pub fn to_event(&self) -> String {
        let Self { collection, date_added, epoch } = self;
        format!(
            "event: {NOTICE_EVENT}\ndata: {{\"collection\":\"{collection}\",\"date_added\":\"{date_added}\",\"epoch\":{epoch}}}\n\n"
        )
    }

    /// From an event of the stream; `None` where it is no notice, but an event of a later version of Vigie.
    pub fn from_event(event: &Event) -> Option<Result<Self, serde_json::Error>> {
        (event.name == NOTICE_EVENT).then(|| serde_json::from_str(&event.data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        let notice = Notice {
            collection: "0f2d2d7e-90a3-4a52-9f0c-7a5d9a4f7d11".parse().unwrap(),
            date_added: DateAdded::from_micros(1_795_289_820_000_001).unwrap(),
            epoch: 7,
        };
        let mut parser = EventParser::new(4096);
        parser.push(notice.to_event().as_bytes()).unwrap();
        let event = parser.next().unwrap();
        assert_eq!(Notice::from_event(&event).unwrap().unwrap(), notice);
        assert_eq!(parser.next(), None);
    }

    #[test]
    fn a_heartbeat_is_no_event() {
        let mut parser = EventParser::new(4096);
        parser.push(HEARTBEAT.repeat(100).as_bytes()).unwrap();
        assert_eq!(parser.next(), None);
    }
}
