//! Shortcuts and what they do: links that they open, apps that they act on. `Shortcuts.sqlite`.

use std::collections::HashMap;

use vigie_model::event::Path;

use super::deep::{self, Texts};
use super::draft::Draft;
use super::reading::{self, key, mac, number, words};
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "shortcuts",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/Shortcuts/Shortcuts.sqlite"]),
        (Kind::IosDump, &["private/var/mobile/Library/Shortcuts/Shortcuts.sqlite"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let limits = reading.limits();
        let (mut actions, mut damaged): (HashMap<i64, Vec<Texts>>, u64) = (HashMap::new(), 0);
        reading.look("ZSHORTCUTACTIONS", &["ZDATA"], |row| {
            let texts = deep::texts(&row.blob("ZDATA").unwrap_or_default(), limits);
            damaged += u64::from(texts.damaged);
            actions.entry(key(row, "ZSHORTCUT").unwrap_or_default()).or_default().push(texts);
        });
        if damaged > 0 {
            reading.lose(format!("the actions of {damaged} shortcuts were read in part only"));
        }
        reading.each("ZSHORTCUT", &["ZNAME"], |row| {
            let mut draft = Draft::of("shortcut", number(row));
            draft.quote("named", &words(row, "ZNAME"));
            draft.quote("about", &words(row, "ZACTIONSDESCRIPTION"));
            draft.see(Path::AppId, &words(row, "ZASSOCIATEDAPPBUNDLEIDENTIFIER"));
            draft.at("entered", mac(row, "ZCREATIONDATE"));
            draft.at("changed", mac(row, "ZMODIFICATIONDATE"));
            draft.at("last run", mac(row, "ZLASTRUNEVENTDATE"));
            actions.remove(&number(row)).into_iter().flatten().for_each(|it| acts(&mut draft, &it));
            Some(draft)
        });
        let mut left: Vec<_> = actions.into_iter().collect();
        left.sort_by_key(|it| it.0);
        for (shortcut, actions) in left {
            let mut draft = Draft::of("shortcut", shortcut);
            draft.say("the shortcut is gone, its actions are left");
            for it in &actions {
                acts(&mut draft, it);
            }
            reading.tell(draft);
        }
    })
}

fn acts(draft: &mut Draft, texts: &Texts) {
    for (name, text) in &texts.named {
        match name.as_str() {
            "WFWorkflowActionIdentifier" => draft.tell("does", text),
            "BundleIdentifier" | "WFAppIdentifier" => {
                draft.tell("with", text);
                draft.see(Path::AppId, text);
            }
            _ => {
                if crate::link::of(text).next().is_some() {
                    draft.quote("with", text);
                }
            }
        }
    }
}
