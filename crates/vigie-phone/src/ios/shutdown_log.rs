//! Which processes were still there when the phone was shut down: `shutdown.log` and its rotations.
//!
//! ```text
//! After 0.1s, remaining client pid: 155 (/usr/libexec/nfcd)          until iOS 25: one line, or a heading and
//! After 1.26s, these clients are still here:                         indented lines; in iOS 26 each path ends
//!     remaining client pid: 155 (/usr/libexec/nfcd/EBFB3E7F-…)       with the binary's UUID
//! SIGTERM: [1780000000] …                                            the end of a shutdown, and its time
//! ```
//!
//! iOS 26 writes logs without `SIGTERM`: a shutdown also ends where delays begin anew, and at the end of the file. Spyware
//! that was there but did not hold up a shutdown leaves no line.

use super::draft::Draft;
use super::program;
use super::tally::Tally;
use super::values;
use crate::lines::{Line, Lines};
use crate::{Artefact, Input, Kind, Record, Sign, State, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "shutdown_log",
    places: &[
        (Kind::IosDump, &["private/var/db/diagnostics/shutdown*.log"]),
        (Kind::Sysdiagnose, &["system_logs.logarchive/Extra/shutdown*.log"]),
    ],
    reader: read,
};

/// So many notices of delay before a reboot are told as a sign.
const DELAYS: usize = 3;

/// One shutdown.
#[derive(Default)]
struct Shutdown {
    /// The line that it begins in.
    line: u64,
    /// The notices, in seconds.
    delays: Vec<f64>,
    clients: Vec<Client>,
}

struct Client {
    line: u64,
    pid: String,
    path: String,
    /// The last notice that names it.
    delay: f64,
}

/// What a line says.
#[derive(Debug, PartialEq)]
struct Said<'l> {
    delay: Option<f64>,
    client: Option<(&'l str, &'l str)>,
    /// Whether it ends a shutdown.
    ends: bool,
    /// When that was, in seconds since 1970.
    end: Option<i64>,
}

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    if input.bytes.iter().all(|it| it.is_ascii_whitespace() || *it == 0) {
        let mut draft = Draft::of("the", "file");
        draft.say("the log of shutdowns is empty");
        draft.when(values::exact("last changed", input.modified));
        draft.sign(Sign::ShutdownLogEmpty);
        tally.take(draft);
        return tally.state();
    }
    let mut shutdown = Shutdown::default();
    let mut known = 0_u64;
    for line in Lines::new(input.bytes).iter() {
        let said = said(&line);
        known += u64::from(said.delay.is_some() || said.client.is_some() || said.ends);
        if let Some(delay) = said.delay {
            if shutdown.delays.last().is_some_and(|it| delay < *it) {
                std::mem::take(&mut shutdown).tell(None, &mut tally);
            }
            shutdown.begin(line.number);
            if shutdown.delays.last() != Some(&delay) {
                shutdown.delays.push(delay);
            }
        }
        if let Some((pid, path)) = said.client {
            shutdown.begin(line.number);
            shutdown.add(line.number, pid, path);
        } else if line.text.contains("remaining client") {
            tally.lose(format!("line {} names a client that cannot be read", line.number));
        }
        if said.ends {
            shutdown.begin(line.number);
            std::mem::take(&mut shutdown).tell(said.end, &mut tally);
        }
    }
    shutdown.tell(None, &mut tally);
    if known == 0 {
        tally.cut("has no line of a log of shutdowns");
    }
    tally.state()
}

fn said<'l>(line: &'l Line<'_>) -> Said<'l> {
    let text = line.text.trim();
    let delay = text.strip_prefix("After ").and_then(|it| {
        let end = it.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        it.get(..end)?.parse::<f64>().ok().filter(|it| it.is_finite())
    });
    let client = text.split_once("remaining client pid:").and_then(|(_, rest)| {
        let (pid, rest) = rest.trim_start().split_once('(')?;
        let path = rest.rsplit_once(')').map_or(rest, |it| it.0);
        Some((pid.trim(), path.trim())).filter(|it| !it.1.is_empty())
    });
    let end = text.split_once("SIGTERM").map(|it| it.1);
    let seconds = end.and_then(|it| it.split_once('[')?.1.split(']').next()?.trim().parse().ok());
    Said { delay, client, ends: end.is_some(), end: seconds }
}

impl Shutdown {
    fn begin(&mut self, line: u64) {
        if self.line == 0 {
            self.line = line;
        }
    }

    fn add(&mut self, line: u64, pid: &str, path: &str) {
        let path = program::without_uuid(path);
        let delay = self.delays.last().copied().unwrap_or_default();
        match self.clients.iter_mut().find(|it| it.pid == pid && it.path == path) {
            Some(client) => client.delay = delay,
            None => self.clients.push(Client { line, pid: pid.to_owned(), path: path.to_owned(), delay }),
        }
    }

    /// A record for each client, and one of the shutdown.
    fn tell(self, end: Option<i64>, tally: &mut Tally<'_, '_>) {
        if self.line == 0 {
            return;
        }
        let end = values::exact("shut down", end.and_then(time::unix_seconds));
        for client in &self.clients {
            let mut draft = Draft::of("line", client.line);
            let Client { pid, path, delay, .. } = client;
            draft.say(&format!("process {pid} ({path}) was still there {delay} s after the shutdown began"));
            draft.when(end.clone());
            program::seen(&mut draft, path);
            tally.take(draft);
        }
        let mut draft = Draft::of("shutdown at line", self.line);
        let longest = self.delays.last().copied().unwrap_or_default();
        let (clients, delays) = (self.clients.len(), self.delays.len());
        draft.say(&format!("a shutdown: {clients} processes named, {delays} notices of delay, {longest} s"));
        if end.is_none() {
            draft.say("its time is not said");
        }
        draft.when(end);
        if delays >= DELAYS {
            draft.sign(Sign::ShutdownDelayed);
        }
        tally.take(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, read};

    const CLASSIC: &str = "After 0.1s, remaining client pid: 155 (/usr/libexec/nfcd)\n\
        After 0.1s, remaining client pid: 9 (/private/var/db/com.apple.xpc.roleaccountd.staging/bh)\n\
        SIGTERM: [1780000000] All buffers have been flushed\n";

    #[test]
    fn the_classic_form() {
        assert_eq!(
            lines(&ARTEFACT, CLASSIC.as_bytes()),
            "line 1 | shut down 2026-05-28T20:26:40Z Exact | process 155 (/usr/libexec/nfcd) was still there 0.1 s \
             after the shutdown began | process:name=nfcd file:path=/usr/libexec/nfcd file:name=nfcd\n\
             line 2 | shut down 2026-05-28T20:26:40Z Exact | process 9 (/private/var/db/com.apple.xpc.roleaccountd.\
             staging/bh) was still there 0.1 s after the shutdown began | process:name=bh \
             file:path=/private/var/db/com.apple.xpc.roleaccountd.staging/bh file:name=bh !staging-program\n\
             shutdown at line 1 | shut down 2026-05-28T20:26:40Z Exact | a shutdown: 2 processes named, \
             1 notices of delay, 0.1 s | \n\
             present 3\n"
        );
    }

    #[test]
    fn the_form_of_ios_26_ends_at_a_reset_and_at_the_end() {
        let client = "\t\tremaining client pid: 7 (/usr/libexec/nfcd/EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34A)\n";
        let notice = |delay: &str| format!("After {delay}s, these clients are still here:\n{client}");
        let log = [notice("1.26"), notice("1.77"), notice("2.5"), notice("0.3")].concat();
        let named = "process:name=nfcd file:path=/usr/libexec/nfcd file:name=nfcd";
        assert_eq!(
            lines(&ARTEFACT, log.as_bytes()),
            format!(
                "line 2 | process 7 (/usr/libexec/nfcd) was still there 2.5 s after the shutdown began | {named}\n\
                 shutdown at line 1 | a shutdown: 1 processes named, 3 notices of delay, 2.5 s; its time is not \
                 said | !shutdown-delayed\n\
                 line 8 | process 7 (/usr/libexec/nfcd) was still there 0.3 s after the shutdown began | {named}\n\
                 shutdown at line 7 | a shutdown: 1 processes named, 1 notices of delay, 0.3 s; its time is not \
                 said | \n\
                 present 4\n"
            )
        );
    }

    #[test]
    fn one_bad_byte_costs_nothing() {
        let mut log = CLASSIC
            .replace("After 0.1s, remaining client pid: 155", "\u{1}\nAfter 0.1s, remaining client pid: 155")
            .into_bytes();
        *log.first_mut().unwrap() = 0xff;
        assert_eq!(read(&ARTEFACT, &log).1, State::Present { records: 3 });
    }

    #[test]
    fn damage_is_told() {
        #[track_caller]
        fn check(log: &str, want: &str) {
            let told = lines(&ARTEFACT, log.as_bytes());
            assert_eq!(told.lines().last(), Some(want), "{told}");
        }
        check("", "present 1");
        check(" \n\n", "present 1");
        check("something else\n", "unreadable: has no line of a log of shutdowns");
        check(
            "After 1s, remaining client pid: 7\nSIGTERM: [x]",
            "partial 1 of Some(2): line 1 names a client that cannot be read",
        );
        check("After 1s, remaining client pid: 7 (/a/b", "present 2");
        assert!(lines(&ARTEFACT, b"").contains("!shutdown-log-empty"));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, near in "(After |[0-9.]{1,4}s, |remaining client pid: |\\(|/a|\\)|SIGTERM: \\[|\\]|\n){0,40}") {
            for bytes in [&bytes[..], near.as_bytes()] {
                let _ = read(&ARTEFACT, bytes);
            }
        }
    }
}
