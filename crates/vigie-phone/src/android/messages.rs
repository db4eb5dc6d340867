//! Text and picture messages as a backup keeps them: lists in JSON, deflated.

use std::io::Read;

use flate2::read::ZlibDecoder;
use serde_json::Value;

use super::draft::Draft;
use super::ledger::Sink;
use super::zone;
use crate::link;

pub(super) const SMS: &str = "sms";
pub(super) const MMS: &str = "mms";

/// Whether a file of a backup holds messages, and of which artefact.
pub(super) fn artefact(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("apps/com.android.providers.telephony/d_f/")?;
    match name {
        it if it.ends_with("_sms_backup") => Some(SMS),
        it if it.ends_with("_mms_backup") => Some(MMS),
        _ => None,
    }
}

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    let most = (bytes.len() as u64).saturating_mul(sink.limits().expansion).max(64 << 20);
    let mut text = Vec::new();
    let unpacked = match bytes.first() {
        Some(b'[' | b' ' | b'\n') => bytes.take(most).read_to_end(&mut text),
        _ => ZlibDecoder::new(bytes).take(most).read_to_end(&mut text),
    };
    if let Err(error) = unpacked {
        sink.bad(format!("the list of messages is cut or damaged: {error}"));
    }
    let mut rest = &text[..];
    // Message by message, so that a damaged one costs only what comes after it.
    while let Some(at) = rest.iter().position(|it| *it == b'{') {
        rest = rest.get(at..).unwrap_or_default();
        let mut messages = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        let next = messages.next();
        let read = messages.byte_offset();
        match next {
            Some(Ok(message)) => tell(&message, sink),
            Some(Err(error)) => {
                sink.bad(format!("a message cannot be read: {error}"));
                rest = after_damage(rest);
                continue;
            }
            None => break,
        }
        rest = rest.get(read.max(1)..).unwrap_or_default();
    }
}

/// Where the next message may begin.
fn after_damage(rest: &[u8]) -> &[u8] {
    match memchr::memmem::find(rest, b"},") {
        Some(at) => rest.get(at + 2..).unwrap_or_default(),
        None => &[],
    }
}

fn tell(message: &Value, sink: &mut Sink<'_, '_>) {
    let text = |key: &str| match message.get(key) {
        Some(Value::String(it)) => it.clone(),
        Some(it @ Value::Number(_)) => it.to_string(),
        _ => String::new(),
    };
    let body = ["body", "mms_body"].into_iter().map(text).find(|it| !it.is_empty()).unwrap_or_default();
    // 1 came in, 2 was sent.
    let kind = ["type", "msg_box"].into_iter().map(text).find(|it| !it.is_empty()).unwrap_or_default();
    let (what, way) = match &*kind {
        "1" => ("received", "from"),
        "2" => ("sent", "to"),
        _ => ("written", "with"),
    };
    let mut who: Vec<String> = Vec::from([text("address")]);
    for it in message.get("recipients").and_then(Value::as_array).into_iter().flatten() {
        who.push(it.as_str().unwrap_or_default().to_owned());
    }
    for it in message.get("mms_addresses").and_then(Value::as_array).into_iter().flatten() {
        who.push(it.get("address").and_then(Value::as_str).unwrap_or_default().to_owned());
    }
    let mut told: Vec<String> = Vec::new();
    who.into_iter().filter(|it| !it.is_empty()).for_each(|it| {
        if !told.contains(&it) {
            told.push(it);
        }
    });
    let time = |key: &str, what| instant(&text(key)).and_then(|it| zone::from_millis(what, it));
    let draft = Draft::new("", format!("{what} {way} {}: {body}", told.join(", ")))
        .when(time("date", what))
        .when(time("date_sent", "sent by the other side").filter(|it| it.time > 0));
    let draft = link::of(&body).fold(draft, |draft, link| draft.link(link));
    let draft = link::of(&text("sub")).fold(draft, |draft, link| draft.link(link));
    sink.take_numbered("message", draft);
}

/// Milliseconds of text messages, seconds of picture messages.
fn instant(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    if number.unsigned_abs() < 100_000_000_000 { number.checked_mul(1000) } else { Some(number) }
}
