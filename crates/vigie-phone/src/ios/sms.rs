//! Messages: SMS, MMS, iMessage, RCS. `sms.db`.
//!
//! The text of a message is in `text`, or only in `attributedBody`, or in both; what a link looked like is in `payload_data`;
//! what an edited message said before is in `message_summary_info`. Messages without a correspondent (`handle_id` 0 or of
//! somebody who was deleted) are told like all others.

use std::collections::HashMap;

use super::deep;
use super::draft::Draft;
use super::gaps::Gaps;
use super::reading::{self, Reading, is_set, key, mac, number, words};
use super::threat;
use crate::sqlite::Row;
use crate::{Artefact, Input, Kind, Record, Sign, State};

pub(super) const PLACES: &[(Kind, &[&str])] = &[
    (Kind::IosBackup, &["HomeDomain/Library/SMS/sms.db"]),
    (Kind::IosDump, &["private/var/mobile/Library/SMS/sms.db"]),
];

pub(crate) const ARTEFACT: Artefact = Artefact { name: "sms", places: PLACES, reader: read };

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |it| {
        messages(it);
        deleted(it);
    })
}

/// Who a number of a correspondent means, and by which service.
pub(super) fn handles(reading: &mut Reading<'_>) -> HashMap<i64, String> {
    let mut handles = HashMap::new();
    reading.look("handle", &["id"], |row| {
        handles.insert(number(row), words(row, "id"));
    });
    handles
}

fn messages(reading: &mut Reading<'_>) {
    let handles = handles(reading);
    let mut recoverable = HashMap::new();
    reading.look_if_any("chat_recoverable_message_join", |row| {
        if let Some(message) = key(row, "message_id") {
            recoverable.insert(message, mac(row, "delete_date"));
        }
    });
    let limits = reading.limits();
    let mut gaps = Gaps::default();
    let (mut bodies, mut others) = (0, 0);
    let whole = reading.each("message", &["text", "handle_id", "date"], |row| {
        let mut draft = Draft::of("message", number(row));
        let sender = correspondent(row, &handles, &mut draft);
        times(row, &mut draft);
        let mut said = words(row, "text");
        draft.quote("subject", &words(row, "subject"));
        draft.quote("text", &said);
        draft.quote("group named", &words(row, "group_title"));
        if let Some(bytes) = row.blob("attributedBody") {
            let body = deep::texts(&bytes, limits);
            bodies += u64::from(body.damaged);
            if said.is_empty() {
                said.push_str(body.plain().next().unwrap_or_default());
                draft.quote("text", &said);
            }
            body.plain().for_each(|it| draft.links_in(it));
        }
        for column in ["payload_data", "message_summary_info"] {
            let Some(bytes) = row.blob(column) else { continue };
            let texts = deep::texts(&bytes, limits);
            others += u64::from(texts.damaged);
            texts.plain().for_each(|it| draft.links_in(it));
            if column == "message_summary_info" {
                earlier(&texts, &said, &mut draft);
            }
        }
        if let Some(when) = recoverable.remove(&number(row)) {
            draft.say("deleted by the owner, and kept for some weeks");
            draft.at("deleted", when);
        }
        if !is_set(row, "is_from_me") && threat::is_notification(&sender, &said) {
            draft.sign(Sign::ThreatNotification);
        }
        gaps.see(number(row), draft.time());
        Some(draft)
    });
    if bodies > 0 {
        reading.lose(format!("{bodies} bodies of messages (`attributedBody`) were read in part only"));
    }
    if others > 0 {
        reading.lose(format!("{others} previews or histories of messages were read in part only"));
    }
    if whole {
        let last = reading.last_of_sequence("message");
        reading.tell_gaps("message", gaps, last);
    }
}

/// Tells who wrote to whom; answers with the other side.
fn correspondent(row: &Row<'_>, handles: &HashMap<i64, String>, draft: &mut Draft) -> String {
    let direction = if is_set(row, "is_from_me") { "to" } else { "from" };
    let other = match key(row, "handle_id") {
        None => String::new(),
        Some(number) => match handles.get(&number) {
            Some(handle) => {
                draft.person(handle);
                handle.clone()
            }
            None => format!("somebody whose entry ({number}) is gone"),
        },
    };
    draft.tell(direction, if other.is_empty() { "somebody unknown" } else { &other });
    draft.tell("by", &words(row, "service"));
    // `com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.example.app`
    let plugin = words(row, "balloon_bundle_id");
    let app = plugin.rsplit(':').next().unwrap_or_default();
    draft.tell("shown by", app);
    draft.see(vigie_model::event::Path::AppId, app);
    other
}

fn times(row: &Row<'_>, draft: &mut Draft) {
    draft.at(if is_set(row, "is_from_me") { "sent" } else { "received" }, mac(row, "date"));
    let columns = [
        ("delivered", "date_delivered"),
        ("read", "date_read"),
        ("played", "date_played"),
        ("edited", "date_edited"),
        ("withdrawn", "date_retracted"),
    ];
    for (what, column) in columns {
        draft.at(what, mac(row, column));
    }
}

/// What a message said before it was edited.
fn earlier(texts: &deep::Texts, now: &str, draft: &mut Draft) {
    // `ec` holds the versions, each under `t`.
    for (_, text) in texts.named.iter().filter(|it| it.0 == "t" && it.1 != now) {
        draft.quote("before it was edited", text);
    }
}

/// Messages that were deleted, of which only the name is left.
fn deleted(reading: &mut Reading<'_>) {
    if reading.has("deleted_messages") {
        reading.each("deleted_messages", &["guid"], |row| {
            let mut draft = Draft::of("deleted message", number(row));
            draft.say(&format!("a message was deleted: {}", words(row, "guid")));
            Some(draft)
        });
    }
}
