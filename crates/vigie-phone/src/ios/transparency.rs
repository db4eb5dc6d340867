//! Whose keys the phone verified for messages: `transparency.log`, and the links, apps and people in it.

use super::draft::Draft;
use super::tally::Tally;
use super::texts;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact =
    Artefact { name: "transparency", places: &[(Kind::Sysdiagnose, &["transparency.log"])], reader: read };

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    for line in Lines::new(input.bytes).iter() {
        let text = line.text.trim();
        let mut draft = Draft::of("line", line.number);
        texts::named(&mut draft, text);
        if draft.saw_nothing() {
            continue;
        }
        draft.say(text);
        draft.when(texts::time("written", input.zone, text));
        tally.take(draft);
    }
    if input.bytes.contains(&0) {
        tally.cut("has bytes that no text has: it is damaged or packed");
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn people_and_links() {
        let text = "{\n  \"uri\" : \"im://mailto:ann@mail.example\",\n  \"status\" : 1\n}\n";
        let told = lines(&ARTEFACT, text.as_bytes());
        assert!(
            told.contains("email-addr:value=ann@mail.example") && told.ends_with("present 1\n"),
            "{told}"
        );
        assert!(lines(&ARTEFACT, b"\0\0").starts_with("unreadable: "));
    }
}
