//! Programs that crashed: tombstones, as text and as protocol buffers (`tombstone.proto` of Android's debugger).

use std::fmt::Write;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::wire::{self, Value};
use crate::Sign;

pub(super) const NAME: &str = "tombstones";

/// Root, the system and the shell: exploits aim at what runs as one of them.
const PRIVILEGED: [u64; 3] = [0, 1000, 2000];

/// What a tombstone says.
#[derive(Debug, Default)]
struct Tombstone {
    time: String,
    process: u64,
    thread: u64,
    user: Option<u64>,
    command: Vec<String>,
    thread_name: String,
    signal: String,
    abort: String,
    causes: Vec<String>,
}

/// Reads a tombstone, whichever way it is written.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    // A text begins with stars; `.pb` never does.
    let is_text =
        bytes.starts_with(b"***") || memchr::memmem::find(bytes, b">>> ").is_some_and(|it| it < 4096);
    let tombstone = if is_text { from_text(Lines::new(bytes)) } else { from_proto(bytes, sink) };
    match tombstone {
        Some(it) => tell(&it, sink),
        None => sink.bad("is no tombstone, or a damaged one"),
    }
}

fn tell(it: &Tombstone, sink: &mut Sink<'_, '_>) {
    let command = it.command.join(" ");
    let mut text = format!("{command} crashed (process {}", it.process);
    if let Some(user) = it.user {
        let _ = write!(text, ", user {user}");
    }
    let _ = write!(text, ") in thread {}: {}", it.thread_name, it.signal);
    if !it.abort.is_empty() {
        let _ = write!(text, "; {}", it.abort);
    }
    for cause in &it.causes {
        let _ = write!(text, "; cause: {cause}");
    }
    let _ = write!(text, "; {}", it.time);
    let program = it.command.first().map_or("", |it| it.split(' ').next().unwrap_or_default());
    let draft = Draft::new(format!("thread {}", it.thread), text).process(program);
    let draft = if it.thread_name.is_empty() { draft } else { draft.process(&it.thread_name) };
    let draft = draft.when(sink.when("crashed", &it.time));
    let privileged = it.user.is_some_and(|it| PRIVILEGED.contains(&it));
    sink.take(draft.sign_if(privileged, Sign::PrivilegedCrash));
}

fn from_text(lines: Lines<'_>) -> Option<Tombstone> {
    let mut it = Tombstone::default();
    for line in lines.iter() {
        let text = &*line.text;
        if text.starts_with("--- ---") || text.starts_with("backtrace:") {
            break;
        }
        if let Some(value) = text.strip_prefix("Timestamp: ") {
            value.clone_into(&mut it.time);
        } else if let Some(value) = text.strip_prefix("Cmdline: ") {
            it.command = vec![value.to_owned()];
        } else if let Some(value) = text.strip_prefix("uid: ") {
            it.user = value.trim().parse().ok();
        } else if let Some(value) = text.strip_prefix("Abort message: ") {
            value.trim_matches(['\'', '"']).clone_into(&mut it.abort);
        } else if let Some(value) = text.strip_prefix("Cause: ") {
            it.causes.push(value.to_owned());
        } else if text.starts_with("signal ") {
            text.clone_into(&mut it.signal);
        } else if let Some((numbers, names)) =
            text.split_once(", name: ").filter(|_| text.starts_with("pid: "))
        {
            let number = |key: &str| {
                numbers.split(", ").find_map(|it| it.strip_prefix(key)).and_then(|it| it.trim().parse().ok())
            };
            it.process = number("pid: ")?;
            it.thread = number("tid: ")?;
            let (thread, process) = names.split_once(">>> ").unwrap_or((names, ""));
            thread.trim().clone_into(&mut it.thread_name);
            if it.command.is_empty() {
                it.command = vec![process.trim_end().trim_end_matches("<<<").trim().to_owned()];
            }
        }
    }
    (it.process > 0).then_some(it)
}

fn from_proto(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Option<Tombstone> {
    let mut it = Tombstone::default();
    let mut threads: Vec<(u64, String)> = Vec::new();
    for field in wire::fields(bytes) {
        let Some((number, value)) = field else {
            sink.bad("the tombstone is cut or damaged");
            break;
        };
        match (number, value) {
            (4, Value::Bytes(text)) => it.time = wire::text(text),
            (5, Value::Number(number)) => it.process = number,
            (6, Value::Number(number)) => it.thread = number,
            (7, Value::Number(number)) => it.user = Some(number),
            (9, Value::Bytes(text)) => it.command.push(wire::text(text)),
            (10, Value::Bytes(signal)) => it.signal = told_signal(signal),
            (14, Value::Bytes(text)) => it.abort = wire::text(text),
            (15, Value::Bytes(cause)) => it.causes.extend(member(cause, 1).map(wire::text)),
            (16, Value::Bytes(entry)) => {
                let thread =
                    member(entry, 2).and_then(|it| Some((number_of(it, 1)?, wire::text(member(it, 2)?))));
                threads.extend(thread);
            }
            _ => {}
        }
    }
    // User 0 is not written, as no protocol buffer writes a zero.
    it.user = it.user.or(Some(0));
    it.thread_name = threads.into_iter().find(|one| one.0 == it.thread).map(|one| one.1).unwrap_or_default();
    (it.process > 0 && !it.command.is_empty()).then_some(it)
}

/// `signal 11 (SIGSEGV), code 1 (SEGV_MAPERR)`
fn told_signal(bytes: &[u8]) -> String {
    let name = |number| member(bytes, number).map(wire::text).unwrap_or_default();
    let number = |field| number_of(bytes, field).unwrap_or_default();
    format!("signal {} ({}), code {} ({})", number(1), name(2), number(3), name(4))
}

fn member(bytes: &[u8], wanted: u64) -> Option<&[u8]> {
    wire::fields(bytes).map_while(|it| it).find_map(|it| match it {
        (number, Value::Bytes(bytes)) if number == wanted => Some(bytes),
        _ => None,
    })
}

fn number_of(bytes: &[u8], wanted: u64) -> Option<u64> {
    wire::fields(bytes).map_while(|it| it).find_map(|it| match it {
        (number, Value::Number(value)) if number == wanted => Some(value),
        _ => None,
    })
}
