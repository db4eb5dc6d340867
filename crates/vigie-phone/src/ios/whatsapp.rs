//! `WhatsApp`: messages with their media and previews (`ChatStorage.sqlite`), and calls (`CallHistory.sqlite`).

use std::collections::{HashMap, HashSet};

use super::draft::Draft;
use super::reading::{self, Reading, is_set, key, mac, number, words};
use crate::sqlite::Row;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const MESSAGES: Artefact = Artefact {
    name: "whatsapp",
    places: &[
        (Kind::IosBackup, &["AppDomainGroup-group.net.whatsapp.*.shared/ChatStorage.sqlite"]),
        (Kind::IosDump, &["private/var/mobile/Containers/Shared/AppGroup/*/ChatStorage.sqlite"]),
    ],
    reader: read,
};

pub(crate) const CALLS: Artefact = Artefact {
    name: "whatsapp_calls",
    places: &[
        (Kind::IosBackup, &["AppDomainGroup-group.net.whatsapp.*.shared/CallHistory.sqlite"]),
        (Kind::IosDump, &["private/var/mobile/Containers/Shared/AppGroup/*/CallHistory.sqlite"]),
    ],
    reader: calls,
};

/// What media and previews say, by column.
const TEXTS: [(&str, &str); 8] = [
    ("ZMEDIAURL", "media at"),
    ("ZMEDIALOCALPATH", "media in"),
    ("ZAUTHORNAME", "by"),
    ("ZCONTENT1", "preview"),
    ("ZCONTENT2", "preview"),
    ("ZMATCHEDTEXT", "link"),
    ("ZSUMMARY", "summary"),
    ("ZTITLE", "title"),
];

struct Chat {
    name: String,
    jid: String,
    last: Option<i64>,
}

/// What belongs to a message: what it is, and its text.
type Parts = HashMap<i64, Vec<(&'static str, String)>>;

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(MESSAGES.name, input, out, |reading| {
        let (mut chats, mut with_messages) = (HashMap::new(), HashSet::new());
        reading.look("ZWACHATSESSION", &["ZCONTACTJID"], |row| {
            let (name, jid) = (words(row, "ZPARTNERNAME"), words(row, "ZCONTACTJID"));
            chats.insert(number(row), Chat { name, jid, last: mac(row, "ZLASTMESSAGEDATE") });
        });
        let (mut parts, mut loose) = (Parts::new(), Vec::new());
        for table in ["ZWAMEDIAITEM", "ZWAMESSAGEDATAITEM"] {
            reading.look(table, &["ZMESSAGE"], |row| {
                let texts = TEXTS.iter().map(|it| (it.1, words(row, it.0))).filter(|it| !it.1.is_empty());
                match key(row, "ZMESSAGE") {
                    Some(message) => parts.entry(message).or_default().extend(texts),
                    None => loose.push((table, number(row), texts.collect::<Vec<_>>())),
                }
            });
        }
        reading.each("ZWAMESSAGE", &["ZTEXT", "ZMESSAGEDATE"], |row| {
            let mut draft = Draft::of("message", number(row));
            let from_me = is_set(row, "ZISFROMME");
            let other = words(row, if from_me { "ZTOJID" } else { "ZFROMJID" });
            let chat = key(row, "ZCHATSESSION");
            with_messages.extend(chat);
            let chat = chat.and_then(|it| chats.get(&it));
            let other =
                if other.is_empty() { chat.map(|it| it.jid.clone()).unwrap_or_default() } else { other };
            draft.tell(if from_me { "to" } else { "from" }, &other);
            draft.person(&other);
            if let Some(Chat { name, jid, .. }) = chat {
                draft.tell("in the chat with", name);
                draft.person(jid);
            }
            draft.at(if from_me { "written" } else { "received" }, mac(row, "ZMESSAGEDATE"));
            draft.at(if from_me { "sent" } else { "left the other phone" }, mac(row, "ZSENTDATE"));
            draft.quote("text", &words(row, "ZTEXT"));
            for part in parts.remove(&number(row)).unwrap_or_default() {
                say(&mut draft, &part);
            }
            Some(draft)
        });
        // What is left belongs to messages that are gone.
        let gone = parts.into_iter().map(|(message, texts)| ("message", message, texts));
        let mut gone: Vec<_> = gone.chain(loose).collect();
        gone.sort_by_key(|it| (it.0, it.1));
        for (what, number, texts) in gone.into_iter().filter(|it| !it.2.is_empty()) {
            tell_gone(reading, what, number, &texts);
        }
        let mut empty: Vec<_> = chats.iter().filter(|it| !with_messages.contains(it.0)).collect();
        empty.sort_by_key(|it| it.0);
        for (number, chat) in empty {
            let mut draft = Draft::of("chat", number);
            draft.say("no message of it is there");
            draft.tell("with", &chat.name);
            draft.tell("who is", &chat.jid);
            draft.person(&chat.jid);
            draft.at("last message", chat.last);
            reading.tell(draft);
        }
    })
}

fn tell_gone(reading: &mut Reading<'_>, what: &str, number: i64, texts: &[(&'static str, String)]) {
    let mut draft = Draft::of(what, number);
    draft.say("the message is gone, this was attached to it");
    for it in texts {
        say(&mut draft, it);
    }
    reading.tell(draft);
}

fn say(draft: &mut Draft, (what, text): &(&'static str, String)) {
    if *what == "media in" {
        draft.tell(what, text);
        draft.file(text);
    } else {
        draft.quote(what, text);
    }
}

fn calls(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(CALLS.name, input, out, |reading| {
        let mut people: HashMap<i64, Vec<String>> = HashMap::new();
        for table in reading.tables(|it| it.eq_ignore_ascii_case("ZWACDCALLEVENTPARTICIPANT")) {
            let event = reading.column(&table, |it| it.ends_with("PARTICIPANTS"));
            let event = event.unwrap_or_default();
            reading.look(&table, &["ZJIDSTRING"], |row| {
                if let Some(event) = key(row, &event) {
                    people.entry(event).or_default().push(words(row, "ZJIDSTRING"));
                }
            });
        }
        reading.each("ZWACDCALLEVENT", &["ZDATE"], |row| Some(call(row, &people)));
    })
}

fn call(row: &Row<'_>, people: &HashMap<i64, Vec<String>>) -> Draft {
    let mut draft = Draft::of("call", number(row));
    let creator = words(row, "ZGROUPCALLCREATORUSERJIDSTRING");
    for person in people.get(&number(row)).into_iter().flatten().chain([&creator]) {
        draft.tell("with", person);
        draft.person(person);
    }
    draft.tell("seconds", &words(row, "ZDURATION"));
    draft.tell("outcome", &words(row, "ZOUTCOME"));
    draft.at("called", mac(row, "ZDATE"));
    draft
}
