//! Which apps asked to open the links of which sites: `swcutil_show.txt`, blocks of keys and values.

use vigie_model::event::Path;

use super::draft::Draft;
use super::tally::Tally;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact =
    Artefact { name: "swcutil", places: &[(Kind::Sysdiagnose, &["swcutil_show.txt"])], reader: read };

#[derive(Default)]
struct Block {
    line: u64,
    service: String,
    app: String,
    domain: String,
    approval: String,
    checked: String,
}

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let (mut block, mut known) = (Block::default(), false);
    for line in Lines::new(input.bytes).iter() {
        let text = line.text.trim();
        let (key, value) = text.split_once(':').map_or(("", ""), |it| (it.0, it.1.trim()));
        // A block begins with its service, whatever line stands before it.
        if key == "Service" || text.starts_with("-----") {
            std::mem::take(&mut block).tell(&mut tally);
        }
        known |= matches!(key, "Service" | "App ID" | "Domain");
        let field = match key {
            "Service" => &mut block.service,
            "App ID" => &mut block.app,
            "Domain" => &mut block.domain,
            "Site/Fmwk Approval" => &mut block.approval,
            "Last Checked" => &mut block.checked,
            _ => continue,
        };
        value.clone_into(field);
        if block.line == 0 {
            block.line = line.number;
        }
    }
    block.tell(&mut tally);
    if !known {
        tally.cut("has no entry of an app and a site");
    }
    tally.state()
}

impl Block {
    fn tell(self, tally: &mut Tally<'_, '_>) {
        if self.line == 0 {
            return;
        }
        if self.app.is_empty() && self.domain.is_empty() {
            tally.lose(format!("the entry at line {} names neither app nor site", self.line));
            return;
        }
        let mut draft = Draft::of("line", self.line);
        draft.say(&format!("{} asks for {} of {}", self.app, self.service, self.domain));
        draft.tell("approval", &self.approval);
        draft.when(tally.input.zone.moment("last checked", &self.checked));
        // `TEAM123456.com.example.app`
        let bundle = self.app.split_once('.').filter(|it| it.0.len() == 10).map_or(&*self.app, |it| it.1);
        draft.see(Path::AppId, bundle);
        let host = self.domain.split('?').next().unwrap_or_default();
        draft.host(host.strip_prefix("*.").unwrap_or(host));
        tally.take(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn apps_and_their_sites() {
        let text = "----------\nService:              applinks\nApp ID:               1234567890.com.example.a\n\
            App Version:          1.0\nDomain:               *.a.example?mode=developer\n\
            Site/Fmwk Approval:   approved\nLast Checked:         2023-08-24 10:09:00 +0000\n----------\n\
            Service:              x\n";
        assert_eq!(
            lines(&ARTEFACT, text.as_bytes()),
            "line 2 | last checked 2023-08-24T10:09:00Z Exact | 1234567890.com.example.a asks for applinks of \
             *.a.example?mode=developer; approval approved | app:id=com.example.a domain-name:value=a.example\n\
             partial 1 of Some(2): the entry at line 9 names neither app nor site\n"
        );
        assert_eq!(lines(&ARTEFACT, b"x"), "unreadable: has no entry of an app and a site\n");
    }
}
