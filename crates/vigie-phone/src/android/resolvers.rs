//! Which app answers what: the resolver tables of `dumpsys package`, for activities and for receivers.

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::names;
use crate::Sign;

pub(super) const ACTIVITIES: &str = "activities";
pub(super) const RECEIVERS: &str = "receivers";

/// What arrives or is called, and a spy wants to hear of.
const PERSONAL: [&str; 8] = [
    "android.provider.Telephony.SMS_RECEIVED",
    "android.provider.Telephony.SMS_DELIVER",
    "android.provider.Telephony.WAP_PUSH_RECEIVED",
    "android.intent.action.DATA_SMS_RECEIVED",
    "android.intent.action.NEW_OUTGOING_CALL",
    "android.intent.action.PHONE_STATE",
    "android.provider.Telephony.WAP_PUSH_DELIVER",
    "android.intent.action.NEW_OUTGOING_SMS",
];

/// Makers, whose own apps hear of messages and calls on every phone.
const MAKERS: [&str; 12] = [
    "android",
    "com.android.",
    "com.google.",
    "com.samsung.",
    "com.sec.",
    "com.miui.",
    "com.xiaomi.",
    "com.huawei.",
    "com.oppo.",
    "com.coloros.",
    "com.qualcomm.",
    "com.mediatek.",
];

pub(super) fn activities(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    read(lines, "Activity Resolver Table:", sink);
}

pub(super) fn receivers(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    read(lines, "Receiver Resolver Table:", sink);
}

fn read(lines: Lines<'_>, table: &str, sink: &mut Sink<'_, '_>) {
    let (mut inside, mut group, mut intent) = (false, String::new(), String::new());
    for line in lines.iter() {
        let text = line.text.trim();
        if text.is_empty() {
            continue;
        }
        if line.indent() == 0 {
            inside = text == table;
            continue;
        }
        if !inside {
            continue;
        }
        // `18d43d com.example/.Class (2 filters)`; some phones indent the lines at will.
        let mut words = text.split(' ');
        let (hash, component) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let is_hash = !hash.is_empty() && hash.bytes().all(|it| it.is_ascii_hexdigit());
        match names::package_of(component).filter(|_| is_hash && component.contains('/')) {
            Some(package) => {
                let text = format!("{component} answers {intent} ({group})");
                let spies = PERSONAL.contains(&&*intent)
                    && table.starts_with("Receiver")
                    && !MAKERS
                        .iter()
                        .any(|it| package == it.trim_end_matches('.') || package.starts_with(it));
                sink.take(
                    Draft::line(line.number, text).app(package).sign_if(spies, Sign::InterceptsMessages),
                );
            }
            None => match text.strip_suffix(':') {
                Some(it) if line.indent() <= 2 => it.clone_into(&mut group),
                Some(it) => it.clone_into(&mut intent),
                None => {}
            },
        }
    }
}
