//! What a process says that reads the unified log apart: it may have been taken over by what it read.

use std::io::{self, Cursor, Read, Write};
use std::time::Duration;

use vigie_phone::apart::{Apart, Worker};
use vigie_phone::{Held, Kind, ios};

use super::phone::counted;

/// Two logs are read by processes that say these bytes, whatever they are sent. Input that begins with a letter `L` is lines,
/// each of which is said with its right length.
pub fn run(data: &[u8]) {
    let said = match data.split_first() {
        Some((b'L', lines)) => lines.split(|it| *it == b'\n').flat_map(framed).collect(),
        _ => data.to_vec(),
    };
    let name = "0123456789ABCDEF0123456789ABCDEF";
    let mut files = Held::new(Kind::Sysdiagnose)
        .with("system_logs.logarchive/1.tracev3", b"log")
        .with("system_logs.logarchive/2.tracev3", b"log")
        .with("system_logs.logarchive/timesync/1.timesync", b"times")
        .with(&format!("system_logs.logarchive/{}/{}", &name[..2], &name[2..]), b"strings");
    counted(|limits, tell| ios::read_with(&mut files, limits, Some(&mut Taken(said)), tell));
}

fn framed(line: &[u8]) -> Vec<u8> {
    [&u32::try_from(line.len()).unwrap_or(u32::MAX).to_le_bytes()[..], line].concat()
}

struct Taken(Vec<u8>);

struct Saying(Cursor<Vec<u8>>, io::Sink);

impl Apart for Taken {
    fn start(&mut self) -> Result<Box<dyn Worker>, String> {
        Ok(Box::new(Saying(Cursor::new(self.0.clone()), io::sink())))
    }
}

impl Worker for Saying {
    fn allow(&mut self, _: Duration) {}

    fn to(&mut self) -> &mut dyn Write {
        &mut self.1
    }

    fn from(&mut self) -> &mut dyn Read {
        &mut self.0
    }

    fn end(self: Box<Self>) -> String {
        "it was ended".to_owned()
    }
}
