//! Files sent with messages. `sms.db`.

use std::collections::HashMap;

use vigie_model::event::Path;

use super::draft::Draft;
use super::reading::{self, is_set, key, mac, number, words};
use super::{deep, sms};
use crate::{Artefact, Input, Record, Sign, State};

pub(crate) const ARTEFACT: Artefact = Artefact { name: "sms_attachments", places: sms::PLACES, reader: read };

/// Where only programs put files. iMessage's transcoder, which exploits went through, worked there.
const SCRATCH: [&str; 3] = ["/var/tmp/", "/private/var/tmp/", "/tmp/"];

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let handles = sms::handles(reading);
        let mut messages: HashMap<i64, (String, Option<i64>)> = HashMap::new();
        reading.look("message", &["handle_id", "date"], |row| {
            let of = key(row, "handle_id").and_then(|it| handles.get(&it)).cloned().unwrap_or_default();
            messages.insert(number(row), (of, mac(row, "date")));
        });
        let mut message_of = HashMap::new();
        reading.look("message_attachment_join", &["message_id", "attachment_id"], |row| {
            if let Some((attachment, message)) = key(row, "attachment_id").zip(key(row, "message_id")) {
                message_of.insert(attachment, message);
            }
        });
        let limits = reading.limits();
        reading.each("attachment", &["filename", "transfer_name"], |row| {
            let mut draft = Draft::of("attachment", number(row));
            let sent = is_set(row, "is_outgoing");
            draft.say(if sent { "sent" } else { "received" });
            let message = message_of.get(&number(row));
            draft.tell("with message", &message.map(i64::to_string).unwrap_or_default());
            if let Some((other, time)) = message.and_then(|it| messages.get(it)) {
                draft.tell(if sent { "to" } else { "from" }, other);
                draft.person(other);
                draft.at("message", *time);
            }
            draft.at("created", mac(row, "created_date"));
            draft.at("transfer begun", mac(row, "start_date"));
            let (file, name) = (words(row, "filename"), words(row, "transfer_name"));
            draft.tell("file", &file);
            draft.tell("named", &name);
            draft.tell("of type", &words(row, "mime_type"));
            draft.see(Path::FileMime, &words(row, "mime_type"));
            for file in [&file, &name].into_iter().filter(|it| !it.is_empty()) {
                draft.file(file);
                if !sent && SCRATCH.iter().any(|it| file.starts_with(it)) {
                    draft.sign(Sign::ScratchAttachment);
                }
            }
            for column in ["user_info", "attribution_info"] {
                if let Some(bytes) = row.blob(column) {
                    deep::texts(&bytes, limits).plain().for_each(|it| draft.links_in(it));
                }
            }
            Some(draft)
        });
    })
}
