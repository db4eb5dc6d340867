//! What each app was allowed to do, and when it did.

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use crate::Sign;

pub(super) const NAME: &str = "appops";

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let (mut uid, mut package) = (String::new(), String::new());
    let mut open: Option<Draft> = None;
    for line in lines.iter() {
        let text = line.text.trim();
        if let Some(it) = text.strip_prefix("Uid ").and_then(|it| it.strip_suffix(':')) {
            finish(open.take(), &package, sink);
            it.clone_into(&mut uid);
            package.clear();
        } else if let Some(it) = text.strip_prefix("Package ").and_then(|it| it.strip_suffix(':')) {
            finish(open.take(), &package, sink);
            it.clone_into(&mut package);
        } else if let Some((name, rest)) = operation(text).filter(|_| !package.is_empty()) {
            finish(open.take(), &package, sink);
            open = Some(begin(line.number, &package, &uid, name, rest));
        } else if let Some(draft) = open.take() {
            open = Some(access(draft, text, sink));
        }
    }
    finish(open, &package, sink);
}

/// `READ_CONTACTS (allow):`, `WAKE_LOCK (allow / switch WAKE_LOCK=allow): time=…`, `WAKE_LOCK: mode=0; time=…`.
fn operation(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|it: char| !(it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_'))?;
    let (name, rest) = text.split_at_checked(end)?;
    let rest = rest.trim_start();
    let known = name.len() > 2 && (rest.starts_with('(') || rest.starts_with(':'));
    known.then_some((name, rest))
}

fn begin(line: u64, package: &str, uid: &str, name: &str, rest: &str) -> Draft {
    let mode = rest.trim_start_matches('(').split([')', ':']).next().unwrap_or_default().trim();
    let mode = if mode.is_empty() { "mode not told" } else { mode };
    let allowed = mode.starts_with("allow") || mode.contains("=allow");
    let installs = name == "REQUEST_INSTALL_PACKAGES" && allowed;
    Draft::line(line, format!("{package} ({uid}): {name} ({mode})"))
        .app(package)
        .sign_if(installs, Sign::MayInstallPackages)
}

/// `Access: [fg-s] 2022-05-06 10:00:00.123 (-1h2m) duration=+3s`, also `Reject:`.
fn access(draft: Draft, text: &str, sink: &Sink<'_, '_>) -> Draft {
    let (what, rest) = match text.split_once(": ") {
        Some(("Access", rest)) => ("used", rest),
        Some(("Reject", rest)) => ("refused", rest),
        _ => return draft,
    };
    let time = rest.split_once("] ").map_or(rest, |it| it.1);
    let mut draft = draft.when(sink.when(what, time));
    draft.text.push_str("; ");
    draft.text.push_str(text);
    draft
}

fn finish(draft: Option<Draft>, package: &str, sink: &mut Sink<'_, '_>) {
    let Some(draft) = draft else { return };
    let used = draft.moments.iter().any(|it| it.what == "used");
    sink.take(draft.sign_if(used && package == "com.android.shell", Sign::ShellActs));
}
