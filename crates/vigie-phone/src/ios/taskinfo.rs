//! The kernel's view of what runs: `taskinfo.txt`, a block for each process that begins with `process: "launchd" [1]`.

use super::draft::Draft;
use super::program;
use super::tally::Tally;
use super::values;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact =
    Artefact { name: "taskinfo", places: &[(Kind::Sysdiagnose, &["taskinfo.txt"])], reader: read };

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let (mut said, mut found) = (None, 0_u64);
    for line in Lines::new(input.bytes).iter() {
        let text = line.text.trim();
        if let Some(number) = text.strip_prefix("num tasks:") {
            said = number.trim().parse::<u64>().ok();
        }
        let Some(rest) = text.strip_prefix("process:") else { continue };
        found += 1;
        let rest = rest.trim();
        let name =
            rest.strip_prefix('"').and_then(|it| Some(it.rsplit_once("\" [").or(it.rsplit_once('"'))?.0));
        let Some(name) = name.filter(|it| !it.is_empty()) else {
            tally.lose(format!("line {} names no process", line.number));
            continue;
        };
        let mut draft = Draft::of("line", line.number);
        draft.say(rest);
        draft.when(values::exact("running", input.zone.instant()));
        program::named(&mut draft, name);
        tally.take(draft);
    }
    match said {
        _ if found == 0 => tally.cut("names no process"),
        Some(said) if said > found => {
            tally.cut(format!("says that it has {said} processes; there are {found}: it was cut"));
        }
        _ => {}
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn blocks_name_their_process() {
        let text = "num tasks: 3\n\nprocess: \"launchd\" [1] [unique ID: 1]\narchitecture: arm64\n\
            thread ID: 0x1\n\nprocess: \"bh\" [9] [unique ID: 7]\nprocess: \"My App\" [3]\n";
        assert_eq!(
            lines(&ARTEFACT, text.as_bytes()),
            "line 3 | \"launchd\" [1] [unique ID: 1] | process:name=launchd\n\
             line 7 | \"bh\" [9] [unique ID: 7] | process:name=bh\n\
             line 8 | \"My App\" [3] | process:name=My App\n\
             present 3\n"
        );
    }

    #[test]
    fn damage_is_told() {
        assert_eq!(lines(&ARTEFACT, b"x"), "unreadable: names no process\n");
        let cut = lines(&ARTEFACT, b"num tasks: 9\nprocess: \"a\" [1]\nprocess: [2]\n");
        assert!(cut.contains("partial 1 of None: says that it has 9 processes; there are 2"), "{cut}");
    }
}
