//! Whose keys the phone verified for messages: `transparency.log`, and the links, apps and people in it.

use super::texts;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact =
    Artefact { name: "transparency", places: &[(Kind::Sysdiagnose, &["transparency.log"])], reader: read };

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    texts::read(ARTEFACT.name, input, tell)
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
