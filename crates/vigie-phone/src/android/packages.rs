//! Installed apps, as `dumpsys package` tells them.
//!
//! ```text
//! Packages:
//!   Package [com.example] (d64f8e0):
//!     firstInstallTime=2024-01-10 09:19:39          since Android 13 inside `User 0:`
//!     requested permissions:
//!       android.permission.INTERNET
//!     User 0: ceDataInode=1 installed=true …
//!       runtime permissions:
//!         android.permission.CAMERA: granted=true, flags=[ USER_SET ]
//! ```
//!
//! Where several people share a phone, times and permissions are those of user 0.

use std::fmt::Write;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::trust;
use crate::Sign;

pub(super) const NAME: &str = "packages";

#[derive(Default)]
struct Package {
    line: u64,
    name: String,
    hidden: bool,
    fields: Vec<(String, String)>,
    granted: Vec<String>,
    requested: Vec<String>,
}

/// What a package says that a record tells.
const TOLD: [&str; 12] = [
    "versionName",
    "versionCode",
    "codePath",
    "installerPackageName",
    "installInitiatingPackageName",
    "installOriginatingPackageName",
    "packageSource",
    "signatures",
    "firstInstallTime",
    "lastUpdateTime",
    "timeStamp",
    "userId",
];

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let (mut inside, mut hidden) = (false, false);
    let mut open: Option<Package> = None;
    let (mut list, mut user) = (String::new(), None);
    for line in lines.iter() {
        let (indent, text) = (line.indent(), line.text.trim());
        if text.is_empty() {
            continue;
        }
        if indent == 0 {
            inside = matches!(text, "Packages:" | "Hidden system packages:");
            hidden = text.starts_with("Hidden");
            finish(open.take(), sink);
            continue;
        }
        if !inside {
            continue;
        }
        if let Some(name) = text.strip_prefix("Package [").filter(|_| indent <= 2) {
            finish(open.take(), sink);
            let name = name.split(']').next().unwrap_or_default().to_owned();
            open = Some(Package { line: line.number, name, hidden, ..Package::default() });
            (list, user) = (String::new(), None);
            continue;
        }
        let Some(package) = &mut open else { continue };
        if let Some(rest) = text.strip_prefix("User ").filter(|_| indent <= 4) {
            let (number, rest) = rest.split_once(':').unwrap_or((rest, ""));
            user = Some(number.trim().to_owned());
            list.clear();
            if number.trim() == "0" {
                package.fields.extend(pairs(rest));
            }
        } else if let Some(name) = text.strip_suffix(':').filter(|it| !it.contains('=')) {
            name.clone_into(&mut list);
        } else if user.as_deref().is_none_or(|it| it == "0") {
            package.line_in(&list, text);
        }
    }
    finish(open, sink);
}

impl Package {
    fn line_in(&mut self, list: &str, text: &str) {
        if list.ends_with("permissions") && !text.contains("Time=") {
            let (name, rest) = text.split_once(": ").unwrap_or((text, ""));
            if rest.contains("granted=true") {
                self.granted.push(name.to_owned());
            } else if list == "requested permissions" {
                self.requested.push(name.trim_end_matches(':').to_owned());
            }
        } else if let Some((name, value)) = text.split_once('=') {
            self.fields.push((name.to_owned(), value.to_owned()));
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        let value = self.fields.iter().find(|it| it.0 == name)?.1.trim();
        (value != "null" && !value.is_empty()).then_some(value)
    }
}

/// `ceDataInode=1 installed=true enabled=0`
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split_whitespace().filter_map(|it| it.split_once('=')).map(|it| (it.0.to_owned(), it.1.to_owned()))
}

fn finish(package: Option<Package>, sink: &mut Sink<'_, '_>) {
    let Some(it) = package else { return };
    let flags = it.field("flags").or_else(|| it.field("pkgFlags")).unwrap_or_default();
    let system = flags.split_whitespace().any(|it| it == "SYSTEM" || it == "UPDATED_SYSTEM_APP");
    let mut text = format!("app {}{}", it.name, if it.hidden { ", as the maker installed it" } else { "" });
    for name in TOLD {
        if let Some(value) = it.field(name) {
            // `versionCode=1 minSdk=29 targetSdk=29`
            let value =
                if name == "versionCode" { value.split(' ').next().unwrap_or_default() } else { value };
            let _ = write!(text, "; {name}={value}");
        }
    }
    if system {
        text.push_str("; part of the system");
    }
    // 2 and 3: disabled, by the app or by the owner.
    let disabled = it.field("enabled").is_some_and(|it| matches!(it, "2" | "3" | "4"));
    if disabled {
        text.push_str("; disabled");
    }
    if !it.granted.is_empty() {
        let _ = write!(text, "; granted: {}", it.granted.join(" "));
    }
    if !it.requested.is_empty() {
        let _ = write!(text, "; requested: {}", it.requested.join(" "));
    }
    let draft = Draft::line(it.line, text).app(&it.name);
    let time = |what, name| it.field(name).and_then(|text| sink.when(what, text));
    let draft = draft
        .when(time("first installed", "firstInstallTime"))
        .when(time("last updated", "lastUpdateTime"))
        .when(time("package written", "timeStamp"));
    let draft = trust::installed(draft, &it.name, it.field("installerPackageName"), system || it.hidden);
    let draft = draft.sign_if(disabled && trust::protects(&it.name), Sign::ProtectionDisabled);
    sink.take(draft);
}
