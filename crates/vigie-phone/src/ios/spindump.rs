//! What processes did while a sysdiagnose was taken: `spindump-nosymbols.txt`.

use super::draft::Draft;
use super::program;
use super::tally::Tally;
use super::values;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact =
    Artefact { name: "spindump", places: &[(Kind::Sysdiagnose, &["spindump-nosymbols.txt"])], reader: read };

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let mut open: Option<Draft> = None;
    for line in Lines::new(input.bytes).iter() {
        let text = line.text.trim();
        let Some((key, value)) = text.split_once(':').map(|it| (it.0, it.1.trim())) else { continue };
        if key == "Process" {
            if let Some(draft) = open.take() {
                tally.take(draft);
            }
            let name = value.rsplit_once(" [").map_or(value, |it| it.0);
            if name.is_empty() {
                tally.lose(format!("line {} names no process", line.number));
                continue;
            }
            let mut draft = Draft::of("line", line.number);
            draft.say(value);
            draft.when(values::exact("running", input.zone.instant()));
            program::named(&mut draft, name);
            open = Some(draft);
        }
        let Some(draft) = &mut open else { continue };
        match key {
            "Path" => {
                draft.say(value);
                program::seen(draft, value);
            }
            "Parent" => draft.tell("started by", value),
            "Codesigning ID" | "Identifier" => draft.bundle(value),
            _ => {}
        }
    }
    match open {
        Some(draft) => tally.take(draft),
        None => tally.cut("names no process"),
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn blocks_name_process_and_path() {
        let text = "Date/Time: x\nProcess:          bh [9]\nUUID:             X\n\
            Path:             /private/var/tmp/bh\nParent:           launchd [1]\n\n  Thread 0x1\n\
            Process:          My App [3]\nIdentifier: com.example.a\n";
        assert_eq!(
            lines(&ARTEFACT, text.as_bytes()),
            "line 2 | bh [9]; /private/var/tmp/bh; started by launchd [1] | process:name=bh \
             file:path=/private/var/tmp/bh file:name=bh !staging-program\n\
             line 8 | My App [3] | process:name=My App app:id=com.example.a\n\
             present 2\n"
        );
        assert_eq!(lines(&ARTEFACT, b"\xff\n"), "unreadable: names no process\n");
    }
}
