//! Made-up phones: backups that the shared writer makes, which is independent of both programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::programs::{Bench, checked_quietly, remove};
use crate::run::say;

/// The password of encrypted backups.
pub(super) const PASSWORD: &str = "correct horse";

/// How much is on a phone.
pub(super) struct Size {
    pub(super) name: &'static str,
    /// Files that the backup lists, and that are there, empty.
    rows: u32,
    sms: u32,
    whatsapp: u32,
    safari: u32,
    redirects: u32,
    /// MiB of pictures.
    media: u32,
    /// Whether the traces are planted.
    planted: bool,
}

pub(super) const SMALL: Size = Size {
    name: "small",
    rows: 2_000,
    sms: 2_000,
    whatsapp: 2_000,
    safari: 2_000,
    redirects: 0,
    media: 0,
    planted: true,
};
pub(super) const MEDIUM: Size = Size {
    name: "medium",
    rows: 50_000,
    sms: 30_000,
    whatsapp: 30_000,
    safari: 20_000,
    redirects: 200,
    media: 0,
    planted: true,
};
pub(super) const LARGE: Size = Size {
    name: "large",
    rows: 300_000,
    sms: 200_000,
    whatsapp: 200_000,
    safari: 100_000,
    redirects: 1_000,
    media: 0,
    planted: true,
};

/// The small one without any trace.
pub(super) const HARMLESS: Size = Size { name: "harmless", planted: false, ..SMALL };

/// Few files, some of them large.
pub(super) const MEDIA: Size = Size {
    name: "media",
    rows: 500,
    sms: 500,
    whatsapp: 500,
    safari: 500,
    redirects: 0,
    media: 64,
    planted: true,
};

/// Where a trace is planted, what stands there, and who must find what: the artefact and the indicator's value.
struct Planted {
    what: &'static str,
    place: &'static str,
    text: &'static str,
    /// Beside place and text: that the message's text is in its attributed form alone; whose message it is.
    attributed: bool,
    handle: Option<u8>,
    found: &'static [(&'static str, &'static str)],
}

/// All are real indicators of the published file on Pegasus.
const PLANTED: [Planted; 7] = [
    Planted {
        what: "a link in a message",
        place: "sms",
        text: "see https://www.weather4free.com/x",
        attributed: false,
        handle: None,
        found: &[("sms", "weather4free.com")],
    },
    Planted {
        what: "a link in a message whose text is in `attributedBody` alone",
        place: "sms",
        text: "see https://smscentro.com/y",
        attributed: true,
        handle: None,
        found: &[("sms", "smscentro.com")],
    },
    Planted {
        what: "a link in a message of no known sender (`handle_id` 0)",
        place: "sms",
        text: "see https://tookcheckout.com/z",
        attributed: false,
        handle: Some(0),
        found: &[("sms", "tookcheckout.com")],
    },
    Planted {
        what: "a visit of a name below the indicator's",
        place: "safari",
        text: "https://cdn.oneleadingchat.com/a",
        attributed: false,
        handle: None,
        found: &[("safari_history", "oneleadingchat.com")],
    },
    Planted {
        what: "a WhatsApp link with a port, two names below the indicator's",
        place: "wa",
        text: "look http://a.b.newenvelope.net:8443/x",
        attributed: false,
        handle: None,
        found: &[("whatsapp", "newenvelope.net")],
    },
    Planted {
        what: "the process `bh`",
        place: "process",
        text: "bh",
        attributed: false,
        handle: None,
        found: &[("datausage", "bh"), ("osanalytics_addaily", "bh")],
    },
    Planted {
        what: "the process `roleaccountd`",
        place: "process",
        text: "roleaccountd",
        attributed: false,
        handle: None,
        found: &[("datausage", "roleaccountd"), ("osanalytics_addaily", "roleaccountd")],
    },
];

/// What each planted trace is, the artefact that it is in, and the value of the indicator.
pub(super) fn planted() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PLANTED.iter().flat_map(|it| it.found.iter().map(|(artefact, value)| (it.what, *artefact, *value)))
}

/// The backup of a made-up phone of this size; made once.
pub(super) fn backup(bench: &Bench, size: &Size, password: Option<&str>) -> anyhow::Result<PathBuf> {
    let name = format!("{}-{}", size.name, if password.is_some() { "encrypted" } else { "plain" });
    let to = bench.cases.join(&name);
    if to.exists() {
        return Ok(to);
    }
    say(&format!("making the backup `{name}`"));
    let part = bench.cases.join(format!("{name}.part"));
    remove(&part)?;
    let traces = bench.cases.join("planted.json");
    let planted = PLANTED.iter().filter(|_| size.planted).map(injected);
    fs::write(&traces, serde_json::to_vec(&planted.collect::<Vec<_>>())?)?;
    let mut command = Command::new(&bench.python);
    command.arg(&bench.writer).arg(&part).arg("--touch").arg("--inject").arg(&traces);
    for (option, number) in [
        ("--rows", size.rows),
        ("--sms", size.sms),
        ("--wa", size.whatsapp),
        ("--safari", size.safari),
        ("--http-redirects", size.redirects),
        ("--media-mib", size.media),
    ] {
        command.args([option, &number.to_string()]);
    }
    if let Some(password) = password {
        command.args(["--password", password]);
    }
    checked_quietly(&mut command)?;
    fs::rename(truth(&part), truth(&to))?;
    fs::rename(part, &to)?;
    Ok(to)
}

/// Where the writer leaves the SHA-256 of each file of a backup.
pub(super) fn truth(backup: &Path) -> PathBuf {
    PathBuf::from(format!("{}.truth.json", backup.display()))
}

fn injected(planted: &Planted) -> Value {
    let mut value = json!({"where": planted.place, "value": planted.text, "attributed": planted.attributed});
    if let (Some(handle), Some(object)) = (planted.handle, value.as_object_mut()) {
        object.insert("handle".to_owned(), handle.into());
    }
    value
}
