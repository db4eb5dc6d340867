//! What crashed, hung or was stopped for want of memory: reports (`.ips`), which are two JSON documents: a line that says
//! what it is, and what happened. Old reports have a text for the second.
//!
//! Reports differ by kind, so names and paths are taken by their keys wherever they stand. A report that is cut is searched
//! for the same keys as text.

use serde_json::Value;

use super::draft::Draft;
use super::program;
use super::tally::Tally;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Moment, Record, Sign, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "crashes",
    places: &[
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Library/Logs/CrashReporter/*.ips",
                "private/var/mobile/Library/Logs/CrashReporter/*.ips.synced",
                "private/var/mobile/Library/Logs/CrashReporter/*/*.ips",
                "private/var/mobile/Library/Logs/CrashReporter/*/*.ips.synced",
            ],
        ),
        (
            Kind::Sysdiagnose,
            &[
                "crashes_and_spins/*.ips",
                "crashes_and_spins/*.ips.synced",
                "crashes_and_spins/*/*.ips",
                "crashes_and_spins/*/*.ips.synced",
            ],
        ),
    ],
    reader: read,
};

/// What a key holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Name,
    Path,
    Bundle,
}

const KEYS: [(&str, Holds); 18] = [
    ("app_name", Holds::Name),
    ("procName", Holds::Name),
    ("procname", Holds::Name),
    ("process_name", Holds::Name),
    ("parentProc", Holds::Name),
    ("responsibleProc", Holds::Name),
    ("largestProcess", Holds::Name),
    ("name", Holds::Name),
    ("byProcName", Holds::Name),
    ("procPath", Holds::Path),
    ("procpath", Holds::Path),
    ("path", Holds::Path),
    ("process_path", Holds::Path),
    ("bundleID", Holds::Bundle),
    ("bundle_id", Holds::Bundle),
    ("CFBundleIdentifier", Holds::Bundle),
    ("coalitionName", Holds::Bundle),
    ("codeSigningID", Holds::Bundle),
];

/// Lists whose elements are processes; each is a record.
const PROCESSES: [&str; 2] = ["processes", "processByPid"];

/// Lists of libraries: `name` there is no process.
const LIBRARIES: [&str; 3] = ["usedImages", "binaryImages", "extMods"];

/// Programs through which messages go before their owner sees them.
const PARSERS: [&str; 6] = [
    "MessagesBlastDoorService",
    "IMTransferAgent",
    "IMTranscoderAgent",
    "IMDPersistenceAgent",
    "imagent",
    "BlastDoor",
];

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let end = memchr::memchr(b'\n', input.bytes).unwrap_or(input.bytes.len());
    let (first, rest) = input.bytes.split_at_checked(end).unwrap_or_default();
    let rest = rest.trim_ascii_start();
    let is_head = |it: &Value| it.get("bug_type").is_some() || it.get("app_name").is_some();
    let head = serde_json::from_slice::<Value>(first).ok().filter(is_head);
    // One document alone, as some programs write it.
    let Some(head) = head else {
        match serde_json::from_slice::<Value>(input.bytes) {
            Ok(whole) if whole.is_object() => body(&whole, None, "", &mut tally),
            _ => {
                tally.cut("does not begin with a line of JSON that says what it is");
                searched(input.bytes, None, &mut tally);
            }
        }
        return tally.state();
    };
    let text = |key: &str| head.get(key).and_then(Value::as_str).unwrap_or_default();
    let when = input.zone.moment("reported", text("timestamp"));
    let name = [text("app_name"), text("name")].into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    let mut draft = Draft::of("line", 1);
    draft.say(&format!("report of kind {} on {name}", text("bug_type")));
    draft.tell("version", text("os_version"));
    draft.when(when.clone());
    seen(&head, &mut draft);
    parser_sign(name, &mut draft);
    tally.take(draft);
    match serde_json::from_slice::<Value>(rest) {
        Ok(whole) => body(&whole, when.as_ref(), name, &mut tally),
        Err(_) if rest.is_empty() => tally.cut("ends after its first line"),
        Err(_) if !rest.starts_with(b"{") => old(rest, when.as_ref(), &mut tally),
        Err(error) => {
            tally.cut(format!("what happened is damaged, and was searched as text: {error}"));
            searched(rest, when.as_ref(), &mut tally);
        }
    }
    tally.state()
}

/// What happened: the process, each of those listed, and libraries from odd places.
fn body(whole: &Value, when: Option<&Moment>, reported: &str, tally: &mut Tally<'_, '_>) {
    let mut draft = Draft::of("the", "process");
    let name = whole.get("procName").and_then(Value::as_str).unwrap_or(reported);
    draft.say(&format!("{name}, as the report tells of it"));
    draft.when(when.cloned());
    seen(whole, &mut draft);
    parser_sign(name, &mut draft);
    if !draft.saw_nothing() {
        tally.take(draft);
    }
    for list in PROCESSES {
        let of_map = whole.get(list).and_then(Value::as_object).into_iter().flat_map(|it| it.values());
        let of_list = whole.get(list).and_then(Value::as_array).into_iter().flatten();
        for (process, number) in of_list.chain(of_map).zip(1_u64..) {
            let mut draft = Draft::of(list, number);
            seen(process, &mut draft);
            if draft.saw_nothing() {
                tally.lose(format!("{list} {number} names no process"));
                continue;
            }
            draft.say("was there when the report was written");
            draft.when(when.cloned());
            tally.take(draft);
        }
    }
    for list in LIBRARIES {
        let images = whole.get(list).and_then(Value::as_array).into_iter().flatten();
        for (image, number) in images.zip(1_u64..) {
            let Some(path) = image.get("path").and_then(Value::as_str).filter(|it| it.starts_with('/'))
            else {
                continue;
            };
            // Thousands of libraries of the system say nothing.
            if path.starts_with("/System/") || path.starts_with("/usr/lib/") {
                continue;
            }
            let mut draft = Draft::of(list, number);
            draft.say(&format!("{path} was loaded"));
            draft.when(when.cloned());
            draft.file(path);
            if program::is_staged(path) {
                draft.sign(Sign::StagingProgram);
            }
            tally.take(draft);
        }
    }
}

/// Names and paths by their keys, in a map and the maps within; lists are told by themselves. JSON is read to 128 levels.
fn seen(value: &Value, draft: &mut Draft) {
    let Some(map) = value.as_object() else { return };
    for (key, value) in map {
        match value {
            Value::String(text) => {
                if let Some((_, holds)) = KEYS.iter().find(|it| it.0 == key) {
                    hold(*holds, text, draft);
                }
            }
            Value::Object(_) if !PROCESSES.contains(&key.as_str()) => seen(value, draft),
            _ => {}
        }
    }
}

fn hold(holds: Holds, text: &str, draft: &mut Draft) {
    match holds {
        Holds::Name => {
            draft.tell("process", text);
            program::named(draft, text);
        }
        Holds::Path => {
            draft.tell("path", text);
            if text.starts_with('/') {
                program::seen(draft, text);
            }
        }
        Holds::Bundle => draft.bundle(text),
    }
}

fn parser_sign(name: &str, draft: &mut Draft) {
    if PARSERS.iter().any(|it| name.contains(it)) {
        draft.sign(Sign::MessageParserCrash);
    }
}

/// Reports of old versions: `Process: bh [9]`, `Path: /…`, `Identifier: …`, `Parent Process: launchd [1]`.
fn old(text: &[u8], when: Option<&Moment>, tally: &mut Tally<'_, '_>) {
    let mut draft = Draft::of("the", "process");
    for line in Lines::new(text).iter() {
        let Some((key, value)) = line.text.split_once(':').map(|it| (it.0.trim(), it.1.trim())) else {
            continue;
        };
        let name = value.rsplit_once(" [").map_or(value, |it| it.0);
        match key {
            "Process" | "Parent Process" if !name.starts_with("???") => hold(Holds::Name, name, &mut draft),
            "Path" => hold(Holds::Path, value, &mut draft),
            "Identifier" => hold(Holds::Bundle, value, &mut draft),
            _ => {}
        }
    }
    if draft.saw_nothing() {
        tally.cut("what happened is neither JSON nor a report as older versions write it");
        return;
    }
    draft.when(when.cloned());
    tally.take(draft);
}

/// Names and paths of a report that is no JSON any more: `"procName" : "bh"`.
fn searched(bytes: &[u8], when: Option<&Moment>, tally: &mut Tally<'_, '_>) {
    for line in Lines::new(bytes).iter() {
        let mut draft = Draft::of("searched line", line.number);
        for (key, holds) in KEYS {
            let quoted = format!("\"{key}\"");
            for (at, _) in line.text.match_indices(&quoted) {
                let rest = line.text.get(at + quoted.len()..).unwrap_or_default().trim_start();
                let value = rest.strip_prefix(':').and_then(|it| it.trim_start().strip_prefix('"'));
                if let Some((value, _)) = value.and_then(|it| it.split_once('"')) {
                    hold(holds, value, &mut draft);
                }
            }
        }
        if !draft.saw_nothing() {
            draft.when(when.cloned());
            tally.take(draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, read};

    const HEAD: &str = "{\"app_name\":\"bh\",\"timestamp\":\"2026-05-30 10:00:00.00 +0200\",\"bug_type\":\"309\",\
        \"os_version\":\"iPhone OS 26.1 (23B85)\"}\n";

    const BODY: &str = "{\n  \"procName\" : \"bh\",\n  \"procPath\" : \"\\/private\\/var\\/tmp\\/bh\",\n\
        \"parentProc\" : \"launchd\",\n  \"bundleInfo\" : {\"CFBundleIdentifier\":\"com.example.a\"},\n\
        \"usedImages\" : [{\"path\":\"/usr/lib/dyld\",\"name\":\"dyld\"},{\"path\":\"/private/var/tmp/x.dylib\"},1],\n\
        \"processes\" : [{\"name\":\"apsd\"},{}]\n}";

    #[test]
    fn two_documents() {
        assert_eq!(
            lines(&ARTEFACT, format!("{HEAD}{BODY}").as_bytes()),
            "line 1 | reported 2026-05-30T08:00:00Z Exact | report of kind 309 on bh; version iPhone OS 26.1 (23B85); \
             process bh | process:name=bh\n\
             the process | reported 2026-05-30T08:00:00Z Exact | bh, as the report tells of it; process bh; \
             path /private/var/tmp/bh; process launchd | process:name=bh file:path=/private/var/tmp/bh file:name=bh \
             process:name=launchd app:id=com.example.a !staging-program\n\
             processes 1 | reported 2026-05-30T08:00:00Z Exact | process apsd; was there when the report was written | \
             process:name=apsd\n\
             usedImages 2 | reported 2026-05-30T08:00:00Z Exact | /private/var/tmp/x.dylib was loaded | \
             file:path=/private/var/tmp/x.dylib file:name=x.dylib !staging-program\n\
             partial 4 of Some(5): processes 2 names no process\n"
        );
    }

    #[test]
    fn a_cut_report_is_searched() {
        let cut = BODY.get(..BODY.find("usedImages").unwrap()).unwrap();
        let told = lines(&ARTEFACT, format!("{HEAD}{cut}").as_bytes());
        assert!(
            told.contains("searched line 2 | reported 2026-05-30T08:00:00Z Exact | process bh | "),
            "{told}"
        );
        assert!(told.contains("what happened is damaged, and was searched as text"), "{told}");
    }

    #[test]
    fn other_forms() {
        #[track_caller]
        fn check(report: &str, parts: &[&str]) {
            let told = lines(&ARTEFACT, report.as_bytes());
            assert!(parts.iter().all(|it| told.contains(it)), "{told}");
        }
        let old = "Incident Identifier: X\nProcess:             bh [9]\nPath:                /private/var/tmp/bh\n\
            Identifier:          com.example.a\nParent Process:      launchd [1]\n";
        check(&format!("{HEAD}{old}"), &["process:name=bh file:path=/private/var/tmp/bh", "present 2"]);
        check(BODY, &["process:name=bh", "partial 3 of"]);
        check(HEAD, &["partial 1 of None: ends after its first line"]);
        check("", &["unreadable: does not begin with a line of JSON"]);
        check("\"procName\" : \"bh\"", &["process:name=bh", "partial 1 of None"]);
        check("{\"processByPid\":{\"9\":{\"procname\":\"bh\"}}}", &["processByPid 1", "process:name=bh"]);
        check(
            "{\"app_name\":\"MessagesBlastDoorService\",\"bug_type\":\"309\"}\n{}",
            &["!message-parser-crash", "present 1"],
        );
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, cut in 0..600_usize, near in "(\"procName\"|:|\"|\\{|\\}|\\[|bh|\n){0,40}") {
            let whole = format!("{HEAD}{BODY}");
            let cut = whole.as_bytes().get(..cut).unwrap_or(whole.as_bytes());
            for bytes in [&bytes[..], cut, near.as_bytes()] {
                let _ = read(&ARTEFACT, bytes);
            }
        }
    }
}
