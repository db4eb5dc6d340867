//! Which versions of iOS the phone ran, and when: the first line of each journal of analytics.

use serde_json::Value;

use super::draft::Draft;
use super::tally::Tally;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "version_history",
    places: &[
        (
            Kind::IosDump,
            &[
                "private/var/db/analyticsd/Analytics-Journal-*.ips*",
                "private/var/mobile/Library/Logs/CrashReporter/Analytics-Journal-*.ips*",
            ],
        ),
        (
            Kind::Sysdiagnose,
            &["crashes_and_spins/Analytics-Journal-*.ips*", "logs/analytics/Analytics-Journal-*.ips*"],
        ),
    ],
    reader: read,
};

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let first = Lines::new(input.bytes).iter().next().map(|it| it.text.into_owned()).unwrap_or_default();
    match serde_json::from_str::<Value>(&first) {
        Ok(head) => {
            let text = |key: &str| head.get(key).and_then(Value::as_str).unwrap_or_default();
            let version = text("os_version");
            if version.is_empty() {
                tally.lose("its first line names no version");
            } else {
                let mut draft = Draft::of("line", 1);
                draft.say(&format!("the phone ran {version}"));
                draft.when(input.zone.moment("running", text("timestamp")));
                tally.take(draft);
            }
        }
        Err(error) => tally.lose(format!("its first line is no JSON: {error}")),
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn versions_with_their_time() {
        let text = "{\"bug_type\":\"211\",\"timestamp\":\"2026-05-30 10:00:00.00 +0200\",\
            \"os_version\":\"iPhone OS 26.1 (23B85)\"}\n{\"x\":1}\n";
        assert_eq!(
            lines(&ARTEFACT, text.as_bytes()),
            "line 1 | running 2026-05-30T08:00:00Z Exact | the phone ran iPhone OS 26.1 (23B85) | \npresent 1\n"
        );
        assert_eq!(lines(&ARTEFACT, b"{}"), "unreadable: its first line names no version\n");
        assert!(lines(&ARTEFACT, b"{\"os_ver").starts_with("unreadable: its first line is no JSON: "));
    }
}
