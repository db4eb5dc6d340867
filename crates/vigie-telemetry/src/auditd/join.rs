//! Gathering the records of one event, which stand between those of others.
//!
//! Events come out in the order of their first records, each when its last record has come: `PROCTITLE` and `EOE` are
//! last, what programs send is alone. An event whose end does not come is let go when a record two seconds younger has
//! come, when as many as [`EVENTS`] wait, or when the waiting records hold more than the limit.
//!
//! Invariants
//! - What waits is bounded: by [`EVENTS`] and by the limit on the length of a record.
//! - Everything before the first record of the oldest waiting event is done with ([`Join::waiting_since`]): a reader that
//!   begins there, and is told the events that began before ([`Join::told_before`]), loses and repeats nothing.

use super::{Record, record};
use crate::time;
use std::collections::{HashSet, VecDeque};

/// How many events may wait.
const EVENTS: usize = 64;

/// How much younger a record must be for an older event to be taken for complete, in nanoseconds.
const PATIENCE: i64 = 2_000_000_000;

/// How many events are remembered as having begun before the place where reading began.
const REMEMBERED: usize = 4_096;

/// Beginnings of record types that programs send: such a record is an event alone.
const ALONE: &[&str] = &[
    "USER",
    "CRED_",
    "SERVICE_",
    "DAEMON_",
    "ADD_",
    "DEL_",
    "CRYPTO_",
    "SYSTEM_",
    "VIRT_",
    "ACCT_",
    "GRP_",
    "ROLE_",
    "CHGRP_",
    "CHUSER_",
    "SOFTWARE_",
    "TRUSTED_",
    "RESP_",
];

/// A place in a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Bytes before it.
    pub(crate) offset: u64,
    /// Lines before it.
    pub(crate) line: u64,
}

/// The records that wait.
#[derive(Debug, Default)]
pub(crate) struct Join {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    newest: i64,
    before: HashSet<String>,
}

/// The records of one event.
#[derive(Debug)]
struct Waiting {
    stamp: String,
    time: i64,
    text: String,
    place: Place,
    complete: bool,
}

/// All records of an event, a line each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Joined {
    pub(crate) text: String,
    /// Where its first record stands.
    pub(crate) place: Place,
}

impl Join {
    /// Takes in a line that stands at `place`. False: it is no record of an event, and is not kept.
    pub(crate) fn push(&mut self, line: &str, place: Place) -> bool {
        let Some(record) = record(line) else { return false };
        let stamp = stamp(&record);
        let last = matches!(record.kind, "EOE" | "PROCTITLE");
        let alone = ALONE.iter().any(|it| record.kind.starts_with(it));
        let time = time::epoch(record.time).unwrap_or_default();
        self.newest = self.newest.max(time);
        if let Some(found) = self.waiting.iter_mut().rev().find(|it| it.stamp == stamp) {
            if record.kind != "EOE" {
                self.bytes += line.len() + 1;
                found.text.push('\n');
                found.text.push_str(line);
            }
            found.complete |= last;
        } else if record.kind != "EOE" && !self.before.contains(&stamp) {
            self.bytes += line.len();
            let complete = last || alone;
            self.waiting.push_back(Waiting { stamp, time, text: line.to_owned(), place, complete });
        }
        true
    }

    /// The oldest event, if it is complete; at the end of the stream, whether it is or not.
    pub(crate) fn next(&mut self, limit: usize, at_end: bool) -> Option<Joined> {
        let oldest = self.waiting.front()?;
        let late = self.newest.saturating_sub(oldest.time) > PATIENCE;
        if !(oldest.complete || late || at_end || self.waiting.len() >= EVENTS || self.bytes > limit) {
            return None;
        }
        let Waiting { text, place, .. } = self.waiting.pop_front()?;
        self.bytes -= text.len();
        Some(Joined { text, place })
    }

    /// Where the oldest waiting event begins; None where none waits.
    pub(crate) fn waiting_since(&self) -> Option<Place> {
        self.waiting.front().map(|it| it.place)
    }

    /// Takes in a line that stands before the place where reading begins: what follows of its event was read before.
    pub(crate) fn told_before(&mut self, line: &str) {
        if let Some(record) = record(line)
            && self.before.len() < REMEMBERED
        {
            self.before.insert(stamp(&record));
        }
    }
}

fn stamp(record: &Record<'_>) -> String {
    format!("{}:{}", record.time, record.serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, time: &str, serial: u32) -> String {
        format!("type={kind} msg=audit({time}:{serial}): a=1")
    }

    /// What comes out, as `KIND+KIND@LINE`, of lines written as `KIND TIME SERIAL`, cut where `at` says.
    fn join(join: &mut Join, lines: &[&str], at: u64, end: bool) -> Vec<String> {
        let mut out = Vec::new();
        let told = |it: Joined| {
            let kinds: Vec<_> = it.text.lines().filter_map(|it| it.split([' ', '=']).nth(1)).collect();
            format!("{}@{}", kinds.join("+"), it.place.line)
        };
        for (number, it) in lines.iter().enumerate() {
            let mut words = it.split(' ');
            let (kind, time) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let serial = words.next().and_then(|it| it.parse().ok()).unwrap_or_default();
            let place = Place { offset: 0, line: at + number as u64 };
            assert!(join.push(&line(kind, time, serial), place));
            while let Some(it) = join.next(1 << 20, false) {
                out.push(told(it));
            }
        }
        while let Some(it) = join.next(1 << 20, end) {
            out.push(told(it));
        }
        out
    }

    #[track_caller]
    fn check(lines: &[&str], want: &[&str]) {
        assert_eq!(join(&mut Join::default(), lines, 0, true), want, "{lines:?}");
    }

    #[test]
    fn events_come_in_the_order_of_their_first_records() {
        check(
            &["SYSCALL 1.0 1", "PATH 1.0 1", "PROCTITLE 1.0 1", "EOE 1.0 1"],
            &["SYSCALL+PATH+PROCTITLE@0"],
        );
        check(
            &["SYSCALL 1.0 1", "SYSCALL 1.0 2", "PATH 1.0 1", "PROCTITLE 1.0 2", "EOE 1.0 1", "CWD 1.0 3"],
            &["SYSCALL+PATH@0", "SYSCALL+PROCTITLE@1", "CWD@5"],
        );
        check(&["USER_AUTH 1.0 1", "USER_ACCT 1.0 2"], &["USER_AUTH@0", "USER_ACCT@1"]);
        check(&["AVC 1.0 1", "SYSCALL 9.0 2"], &["AVC@0", "SYSCALL@1"]);
        check(&["EOE 1.0 1"], &[]);
    }

    #[test]
    fn the_same_serial_at_another_time_is_another_event() {
        check(&["AVC 1.0 1", "AVC 1.5 1", "PROCTITLE 1.0 1"], &["AVC+PROCTITLE@0", "AVC@1"]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut waiting = Join::default();
        for serial in 0..10_000 {
            waiting.push(&line("AVC", "1.0", serial), Place::default());
            let _told = waiting.next(1 << 20, false);
            assert!(waiting.waiting.len() < EVENTS);
        }
        for serial in 0..10 {
            waiting.push(&line(&"A".repeat(1_000), "1.0", serial + 20_000), Place::default());
            while waiting.next(2_000, false).is_some() {}
            assert!(waiting.bytes <= 2_000);
        }
        while waiting.next(0, true).is_some() {}
        assert_eq!((waiting.bytes, waiting.waiting_since()), (0, None));
    }

    #[test]
    fn reading_goes_on_anywhere_without_loss() {
        let lines = [
            "SYSCALL 1.0 1",
            "SYSCALL 1.0 2",
            "PATH 1.0 1",
            "SYSCALL 1.0 3",
            "PROCTITLE 1.0 1",
            "EOE 1.0 1",
            "PATH 1.0 2",
            "EOE 1.0 2",
            "USER_CMD 1.0 4",
            "EOE 1.0 3",
        ];
        let want = join(&mut Join::default(), &lines, 0, true);
        for cut in 0..=lines.len() {
            let mut first = Join::default();
            let mut got = join(&mut first, &lines[..cut], 0, false);
            let from = first.waiting_since().map_or(cut, |it| it.line as usize);
            let mut second = Join::default();
            for it in &lines[..from] {
                let mut words = it.split(' ');
                let (kind, time) = (words.next().expect("a kind"), words.next().expect("a time"));
                let serial = words.next().expect("a serial").parse().expect("a number");
                second.told_before(&line(kind, time, serial));
            }
            got.extend(join(&mut second, &lines[from..], from as u64, true));
            assert_eq!(got, want, "cut at {cut}");
        }
    }
}
