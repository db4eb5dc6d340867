//! Which programs of computers asked the phone over a cable or the network: the logs of `lockdownd`.

use std::collections::BTreeMap;

use vigie_model::event::Path;

use super::draft::Draft;
use super::tally::Tally;
use super::texts;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Moment, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "lockdownd",
    places: &[
        (
            Kind::IosDump,
            &["private/var/logs/lockdownd.log*", "private/var/mobile/Library/Logs/lockdownd/*.log*"],
        ),
        (Kind::Sysdiagnose, &["logs/lockdownd/*.log*"]),
    ],
    reader: read,
};

/// What a program asked.
#[derive(Default)]
struct Asked {
    line: u64,
    times: u64,
    first: Option<Moment>,
    last: Option<Moment>,
}

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let mut programs: BTreeMap<String, Asked> = BTreeMap::new();
    let mut known = input.bytes.is_empty();
    for line in Lines::new(input.bytes).iter() {
        let text = line.text.trim();
        let time = texts::time("first asked", input.zone, text);
        known |= time.is_some();
        if let Some(program) = asking(text) {
            let asked = programs
                .entry(program.to_owned())
                .or_insert_with(|| Asked { line: line.number, ..Asked::default() });
            asked.times += 1;
            asked.last = time.clone().map(|it| Moment { what: "last asked", ..it }).or(asked.last.take());
            asked.first = asked.first.take().or(time);
            continue;
        }
        let mut draft = Draft::of("line", line.number);
        texts::named(&mut draft, text);
        let pairing = ["pair", "Pair"].iter().any(|it| text.contains(it));
        if pairing || !draft.saw_nothing() {
            draft.say(text);
            draft.when(time.map(|it| Moment { what: "written", ..it }));
            tally.take(draft);
        }
    }
    for (program, asked) in programs {
        let mut draft = Draft::of("line", asked.line);
        draft.say(&format!("{program} on a computer asked the phone {} times", asked.times));
        draft.when(asked.first);
        draft.when(asked.last);
        draft.see(Path::ProcessName, &program);
        tally.take(draft);
    }
    if !known {
        tally.cut("no line of it begins with a time");
    }
    tally.state()
}

/// `… handle_get_value: iTunes attempting to get [ProductVersion]`
fn asking(text: &str) -> Option<&str> {
    let (before, _) = text.split_once(" attempting to ")?;
    let program = before.rsplit_once(": ")?.1.trim();
    (!program.is_empty()).then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn programs_are_told_once() {
        let log = "10/13/21 07:57:42.5 pid=69 handle_get_value: Agent attempting to get [DeviceColor]\n\
            10/13/21 07:57:43 pid=69 mglog: nothing\n\
            10/13/21 07:57:44 pid=69 handle_get_value: Agent attempting to get [X]\n\
            10/13/21 07:57:45 pid=69 handle_pair: new host\n";
        assert_eq!(
            lines(&ARTEFACT, log.as_bytes()),
            "line 4 | written 2021-10-13T07:57:45Z Local | 10/13/21 07:57:45 pid=69 handle_pair: new host | \n\
             line 1 | first asked 2021-10-13T07:57:42.5Z Local | last asked 2021-10-13T07:57:44Z Local | \
             Agent on a computer asked the phone 2 times | process:name=Agent\n\
             present 2\n"
        );
        assert_eq!(lines(&ARTEFACT, b"x"), "unreadable: no line of it begins with a time\n");
        assert_eq!(lines(&ARTEFACT, b""), "present 0\n");
    }
}
