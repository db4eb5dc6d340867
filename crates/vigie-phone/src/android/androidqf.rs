//! What the collector `AndroidQF` writes as JSON. The rest of what it collects is the phone's own text.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;
use vigie_model::event::Path;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::{mounts, names, trust};
use crate::Sign;

pub(super) const FILES: &str = "files";
pub(super) const ROOT_BINARIES: &str = "root_binaries";

/// Where exploits unpack and nothing else of the phone writes.
const TEMPORARY: &str = "/data/local/tmp/";

/// The elements of a list in JSON, or of one JSON value a line.
fn elements(bytes: &[u8], sink: &mut Sink<'_, '_>, mut each: impl FnMut(String, &Value, &mut Sink<'_, '_>)) {
    let starts = bytes.iter().find(|it| !it.is_ascii_whitespace());
    match starts {
        Some(b'[') => match serde_json::from_slice::<Vec<Value>>(bytes) {
            Ok(list) => {
                for (number, value) in list.iter().enumerate() {
                    each(format!("element {number}"), value, sink);
                }
            }
            Err(error) => cut_list(bytes, &error.to_string(), sink, each),
        },
        _ => {
            for line in Lines::new(bytes).iter().filter(|it| !it.text.trim().is_empty()) {
                match serde_json::from_str(line.text.trim()) {
                    Ok(value) => each(format!("line {}", line.number), &value, sink),
                    Err(error) => sink.bad(format!("line {}: {error}", line.number)),
                }
            }
        }
    }
}

/// A list that was cut: its elements as far as they go.
fn cut_list(
    bytes: &[u8],
    why: &str,
    sink: &mut Sink<'_, '_>,
    mut each: impl FnMut(String, &Value, &mut Sink<'_, '_>),
) {
    let start = bytes.iter().position(|it| *it == b'[').unwrap_or_default();
    let mut rest = bytes.get(start + 1..).unwrap_or_default();
    for number in 0.. {
        let skip = rest.iter().position(|it| !it.is_ascii_whitespace() && *it != b',').unwrap_or(rest.len());
        rest = rest.get(skip..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        let Some(Ok(value)) = values.next() else { break };
        each(format!("element {number}"), &value, sink);
        rest = rest.get(values.byte_offset().max(1)..).unwrap_or_default();
    }
    sink.bad(format!("the list is cut or damaged: {why}"));
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A hash under a name that is written in any case.
fn hash<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    let object = value.as_object()?;
    let hash = object.iter().find(|it| it.0.eq_ignore_ascii_case(name))?.1.as_str()?;
    (!hash.is_empty()).then_some(hash)
}

/// `packages.json`: apps, who installed them, their files and certificates.
pub(super) fn packages(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    elements(bytes, sink, |place, app, sink| {
        let name = text(app, "name");
        if name.is_empty() {
            return sink.bad(format!("{place} has no name"));
        }
        let installer = Some(text(app, "installer")).filter(|it| !it.is_empty() && *it != "null");
        let flag = |key: &str| app.get(key).and_then(Value::as_bool).unwrap_or_default();
        let (system, disabled) = (flag("system"), flag("disabled"));
        let mut told = format!("app {name}, installed by {}", installer.unwrap_or("nobody known"));
        for (holds, word) in [(system, "; part of the system"), (disabled, "; disabled")] {
            if holds {
                told.push_str(word);
            }
        }
        let mut draft = Draft::new(place, told).app(name);
        let files = app.get("files").and_then(Value::as_array).map_or(&[][..], |it| it);
        for file in files {
            let certificate = file.get("certificate").unwrap_or(&Value::Null);
            for (path, kind) in [
                (Path::AppCertificateMd5, "md5"),
                (Path::AppCertificateSha1, "sha1"),
                (Path::AppCertificateSha256, "sha256"),
            ] {
                let hash = hash(certificate, kind).unwrap_or_default();
                draft = draft.also(path, hash.to_ascii_lowercase());
            }
        }
        for file in files {
            let path = text(file, "path");
            let _ = write!(draft.text, "; {path}");
            draft = hashes(draft.file(path), file);
        }
        let preinstalled = system && !flag("third_party");
        let draft = trust::installed(draft, name, installer, preinstalled);
        sink.take(draft.sign_if(disabled && trust::protects(name), Sign::ProtectionDisabled));
    });
}

fn hashes(draft: Draft, file: &Value) -> Draft {
    [(Path::FileMd5, "md5"), (Path::FileSha1, "sha1"), (Path::FileSha256, "sha256")]
        .into_iter()
        .fold(draft, |draft, (path, kind)| {
            draft.also(path, hash(file, kind).unwrap_or_default().to_ascii_lowercase())
        })
}

/// `files.json`: every file that the collector could see.
pub(super) fn files(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    elements(bytes, sink, |place, file, sink| {
        let path = text(file, "path");
        if path.is_empty() {
            return sink.bad(format!("{place} has no path"));
        }
        let mut told = path.to_owned();
        for key in ["mode", "user_name", "context"] {
            let value = text(file, key);
            if !value.is_empty() {
                let _ = write!(told, ", {value}");
            }
        }
        let mut draft = hashes(Draft::new(place, told).file(path), file);
        draft = draft.app(names::package_of_path(path).unwrap_or_default());
        for (key, what) in
            [("modified_time", "modified"), ("changed_time", "changed"), ("access_time", "accessed")]
        {
            draft = draft.when(time(file.get(key), what));
        }
        let temporary = path.strip_prefix(TEMPORARY).is_some_and(|it| !it.is_empty());
        sink.take(draft.sign_if(temporary, Sign::InLocalTmp));
    });
}

/// Seconds since 1970, as a number or as text.
fn time(value: Option<&Value>, what: &'static str) -> Option<crate::Moment> {
    let seconds = match value? {
        Value::Number(it) => it.as_i64()?,
        Value::String(it) => it.split('.').next()?.parse().ok()?,
        _ => return None,
    };
    super::zone::from_millis(what, seconds.checked_mul(1000)?).filter(|it| it.time > 0)
}

/// `root_binaries.json`: the paths of programs that give full rights.
pub(super) fn root_binaries(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    elements(bytes, sink, |place, value, sink| {
        let path = value.as_str().unwrap_or_else(|| text(value, "path"));
        if path.is_empty() {
            return sink.bad(format!("{place} has no path"));
        }
        sink.take(
            Draft::new(place, format!("{path} gives full rights")).file(path).sign_if(true, Sign::RootBinary),
        );
    });
}

/// `mounts.json`: what is mounted, as texts or as objects.
pub(super) fn mounts(bytes: &[u8], known: &mut BTreeSet<String>, sink: &mut Sink<'_, '_>) {
    elements(bytes, sink, |place, value, sink| {
        if let Some(line) = value.as_str() {
            return mounts::read_one(place, line, known, sink);
        }
        let any =
            |keys: &[&str]| keys.iter().map(|it| text(value, it)).find(|it| !it.is_empty()).unwrap_or("?");
        let options = match value.get("options").or_else(|| value.get("mount_options")) {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            Some(Value::String(it)) => it.clone(),
            _ => "?".to_owned(),
        };
        let (source, target) = (any(&["device", "source"]), any(&["mount_point", "target", "path"]));
        let line = format!("{source} {target} {} {options}", any(&["filesystem_type", "type", "fs_type"]));
        mounts::read_one(place, &line, known, sink);
    });
}

/// `processes.json`: what ran.
pub(super) fn processes(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    elements(bytes, sink, |place, value, sink| {
        let command = match value.get("command_line") {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            Some(Value::String(it)) => it.clone(),
            _ => String::new(),
        };
        let called = ["path", "filename", "name"].iter().map(|it| text(value, it)).find(|it| !it.is_empty());
        let called = called.unwrap_or(&command);
        if called.is_empty() {
            return sink.bad(format!("{place} has no name"));
        }
        let pid = value.get("pid").and_then(Value::as_i64).unwrap_or_default();
        let draft = Draft::new(place, format!("{called}, process {pid}: {command}")).process(called);
        let program = command.split([' ', '\0']).next().unwrap_or_default();
        sink.take(if program.is_empty() { draft } else { draft.process(program) });
    });
}

/// When the collector began, as `acquisition.json` tells.
pub(super) fn started(bytes: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    ["started", "start_time", "completed"]
        .iter()
        .map(|it| text(&value, it))
        .find(|it| !it.is_empty())
        .map(str::to_owned)
}
