//! The quality of indicators, weighed before they are used: what can find nothing here, and what finds too much.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use vigie_engine::{Image, Language, State};
use vigie_stix::pattern::{ParseOptions, Pattern};

use super::widen::{constants, each};

/// How many of each fault are named; the others are only counted.
const NAMED: usize = 50;

/// What a phone's evidence can show, by type of object.
const SHOWN: [&str; 16] = [
    "android-property",
    "app",
    "configuration-profile",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "x509-certificate",
];

/// Programs of every phone, and words so common that some harmless app bears them.
const COMMON_NAMES: [&str; 58] = [
    "accountsd",
    "agent",
    "android",
    "app",
    "apsd",
    "assistantd",
    "backboardd",
    "backup",
    "bash",
    "bluetoothd",
    "browser",
    "cache",
    "calendar",
    "camera",
    "client",
    "cloudd",
    "com.android.phone",
    "com.android.settings",
    "com.android.systemui",
    "com.apple.webkit.networking",
    "config",
    "contacts",
    "daemon",
    "data",
    "debug",
    "helper",
    "identityservicesd",
    "imagent",
    "init",
    "kernel",
    "kernel_task",
    "keyboard",
    "launchd",
    "locationd",
    "mail",
    "mediaserverd",
    "message",
    "messages",
    "mobile",
    "mobilesafari",
    "music",
    "network",
    "nsurlsessiond",
    "phone",
    "photos",
    "runner",
    "service",
    "settings",
    "sharingd",
    "springboard",
    "sync",
    "system",
    "system_server",
    "tccd",
    "test",
    "update",
    "wifid",
    "zygote",
];

/// Hosts that every phone speaks with.
const COMMON_HOSTS: [&str; 24] = [
    "akamai.net",
    "amazon.com",
    "amazonaws.com",
    "android.com",
    "apple.com",
    "bing.com",
    "cloudflare.com",
    "facebook.com",
    "github.com",
    "google.com",
    "googleapis.com",
    "gstatic.com",
    "icloud.com",
    "instagram.com",
    "linkedin.com",
    "live.com",
    "microsoft.com",
    "t.co",
    "twitter.com",
    "whatsapp.com",
    "whatsapp.net",
    "wikipedia.org",
    "x.com",
    "youtube.com",
];

/// Folders that every phone has.
const COMMON_FOLDERS: [&str; 16] = [
    "/data",
    "/data/app",
    "/data/data",
    "/data/local",
    "/data/local/tmp",
    "/sdcard",
    "/system",
    "/tmp",
    "/usr",
    "/var",
    "/var/db",
    "/var/log",
    "/var/mobile",
    "/var/mobile/Library",
    "/var/root",
    "/var/tmp",
];

/// What the gate found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Quality {
    /// How many rules there are, by state at the time of the check.
    pub states: BTreeMap<&'static str, u64>,
    /// Several indicators that ask for the same, each pattern once. They are used, and told once each.
    pub repeated: Faults,
    /// Those that ask for what no phone's evidence shows. They find nothing.
    pub not_usable_here: Faults,
    /// Those whose value every phone has. They are used, and what they find is a note at most.
    pub too_generic: Faults,
    /// Those whose time is over. They are used for records of their time; later ones are graded lower.
    pub expired: Faults,
    /// Those that their makers took back. They are not used.
    pub revoked: Faults,
    /// Those that could not be compiled, with the reason. They are not used.
    pub refused: Faults,
}

/// Some indicators with a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub named: Vec<String>,
}

impl Faults {
    fn add(&mut self, name: impl Into<String>) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(name.into());
        }
    }
}

/// The gate: what it found, and which indicators are too generic.
#[derive(Debug, Default)]
pub(super) struct Gate {
    pub(super) quality: Quality,
    generic: BTreeSet<String>,
}

impl Gate {
    pub(super) fn new(image: &Image, now: i64) -> Self {
        let mut gate = Self::default();
        let counts = image.rules(Some(now));
        gate.quality.states = counts.states.iter().map(|(state, number)| (state.as_str(), *number)).collect();
        for refusal in image.refusals() {
            gate.quality.refused.add(format!("{} ({}): {}", refusal.place, refusal.reason, refusal.detail));
        }
        gate.quality.refused.count = counts.of(State::Refused);
        let mut patterns: HashMap<&str, u64> = HashMap::new();
        let mut indicators: Vec<_> = image.indicators().collect();
        indicators.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        for indicator in indicators {
            let told = format!("{}: {}", indicator.id, indicator.pattern);
            let times = patterns.entry(&indicator.pattern).or_default();
            *times += 1;
            if *times == 2 {
                gate.quality.repeated.add(&*indicator.pattern);
            }
            match indicator.validity.at(Some(now)) {
                State::Expired => gate.quality.expired.add(&told),
                State::Revoked => gate.quality.revoked.add(&told),
                _ => {}
            }
            if indicator.language != Language::Stix {
                gate.quality.not_usable_here.add(&told);
                continue;
            }
            let options = ParseOptions { edition: indicator.edition, ..ParseOptions::default() };
            let Ok(pattern) = Pattern::parse_with(&indicator.pattern, &options) else { continue };
            let (mut shown, mut generic) = (false, false);
            each(pattern.expression(), &mut |it| {
                let object_type = it.path.object_type.as_str();
                shown |= SHOWN.contains(&object_type);
                generic |= constants(it).any(|value| is_generic(object_type, value));
            });
            if !shown {
                gate.quality.not_usable_here.add(&told);
            }
            if generic {
                gate.quality.too_generic.add(&told);
                gate.generic.insert(indicator.id.to_string());
            }
        }
        gate
    }

    /// Whether an indicator's value is one that every phone has.
    pub(super) fn is_generic(&self, id: &str) -> bool {
        self.generic.contains(id)
    }
}

/// Whether every phone has the value.
pub(super) fn is_generic(object_type: &str, value: &str) -> bool {
    let folded = value.trim().to_ascii_lowercase();
    match object_type {
        "process" | "app" => COMMON_NAMES.binary_search(&folded.as_str()).is_ok(),
        "domain-name" => {
            let host = folded.strip_prefix("www.").unwrap_or(&folded);
            let is_suffix = vigie_engine::key::under_suffix_only(host.as_bytes(), host.as_bytes());
            COMMON_HOSTS.binary_search(&host).is_ok() || !host.contains('.') || is_suffix
        }
        "ipv4-addr" | "ipv6-addr" => folded.parse::<std::net::IpAddr>().is_ok_and(|it| match it {
            std::net::IpAddr::V4(it) => {
                it.is_private() || it.is_loopback() || it.is_unspecified() || it.is_link_local()
            }
            std::net::IpAddr::V6(it) => it.is_loopback() || it.is_unspecified(),
        }),
        "file" => {
            let path = vigie_engine::key::file_path(value.trim());
            COMMON_FOLDERS.binary_search(&path.as_ref()).is_ok()
                || COMMON_NAMES.binary_search(&folded.as_str()).is_ok()
                || path.trim_matches('/').is_empty()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(
            COMMON_NAMES.is_sorted()
                && COMMON_HOSTS.is_sorted()
                && COMMON_FOLDERS.is_sorted()
                && SHOWN.is_sorted()
        );
    }

    #[test]
    fn what_every_phone_has_is_generic() {
        #[track_caller]
        fn check(object_type: &str, value: &str, want: bool) {
            assert_eq!(is_generic(object_type, value), want, "{object_type} {value}");
        }
        check("process", "launchd", true);
        check("process", "Phone", true);
        check("process", "bh", false);
        check("process", "roleaccountd", false);
        check("app", "com.android.phone", true);
        check("app", "com.android.phone2", false);
        check("domain-name", "www.apple.com", true);
        check("domain-name", "co.uk", true);
        check("domain-name", "localhost", true);
        check("domain-name", "apple.com.evil.example", false);
        check("ipv4-addr", "192.168.1.1", true);
        check("ipv4-addr", "203.0.113.9", false);
        check("file", "/private/var/tmp/", true);
        check("file", "/private/var/tmp/BridgeHead", false);
        check("file", "/", true);
        check("url", "http://apple.com", false);
    }
}
