//! How much a match says: its grade, and the reasons for it.
//!
//! docs/spec/phone.md has the table. A grade begins with what kind of value was met in what kind of artefact; what else is
//! known of the indicator, the value and the record lowers it; two independent artefacts within an hour raise it.
//!
//! Start with [`grade`].

use serde::Serialize;
use vigie_engine::State;

use super::widen::How;

/// How much a finding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Good to know; alone it says nothing of an attack.
    Note,
    /// An expert must look: an attack would look so, and something harmless may.
    Suspicion,
    /// An attack, or the attempt, leaves this and hardly anything else does.
    Trace,
}

impl Grade {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Trace, Self::Suspicion, Self::Note];

    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Suspicion => "suspicion",
            Self::Note => "note",
        }
    }

    fn raised(self) -> Self {
        if self == Self::Note { Self::Suspicion } else { Self::Trace }
    }

    fn lowered(self) -> Self {
        if self == Self::Trace { Self::Suspicion } else { Self::Note }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// Why a finding has its grade. Each is a text of the report, in every language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

reasons! {
    /// An address stands in a message.
    InMessage = "in-message";
    /// The owner's own phone wrote the message: what is in it was passed on.
    ByOwner = "by-owner";
    /// An address was visited.
    Visited = "visited";
    /// The visit came within a second of one elsewhere: nobody typed that.
    ByRedirect = "by-redirect";
    /// The owner typed the address.
    Typed = "typed";
    /// A browser keeps something of the address, which a page of somebody else may have asked for.
    SiteData = "site-data";
    /// The phone connected to the address, or asked for its name.
    Connected = "connected";
    /// The page belongs to the public site of a maker of spyware.
    VendorSite = "vendor-site";
    /// It is a number of the network, which others may have used before or after.
    SharedAddress = "shared-address";
    /// It stands in the address book, the list of calls or who was spoken with.
    Acquainted = "acquainted";
    /// An e-mail address that attackers used was met by the phone's own services.
    AttackerAccount = "attacker-account";
    /// A program of this name ran.
    Ran = "ran";
    /// Beside the name stands the identifier of an app, which anybody may choose.
    BundleBeside = "bundle-beside";
    /// The record keeps only the first characters of the name.
    CutName = "cut-name";
    /// A file or folder lies where the indicator says.
    FileThere = "file-there";
    /// Only the last part of the path is the same.
    NameOnly = "name-only";
    /// A file's or certificate's digest is the indicator's.
    SameBytes = "same-bytes";
    /// The app is, or was, on the phone.
    AppThere = "app-there";
    /// The profile is, or was, on the phone.
    ProfileThere = "profile-there";
    /// The property is set.
    PropertySet = "property-set";
    /// Something else that an indicator describes.
    Described = "described";
    /// Several records together fulfil the indicator.
    Several = "several";
    /// Every phone has such a value.
    TooGeneric = "too-generic";
    /// The indicator's time was over before the record.
    Expired = "expired";
    /// The indicator's own maker is not sure.
    LowConfidence = "low-confidence";
    /// Another artefact meets another indicator within an hour.
    TwoArtefacts = "two-artefacts";
    /// No indicator, but a fact that attackers leave behind, and harmless people too.
    Sign = "sign";
}

/// What kind of place an artefact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// What people write to each other.
    Message,
    /// What was visited.
    Visit,
    /// What browsers keep beside that.
    SiteData,
    /// Who is known and was spoken with.
    People,
    /// What the network was asked for.
    Network,
    /// Anything else.
    Other,
}

/// Parts of artefacts' names, the first that is found counts.
const FAMILIES: [(&str, Family); 35] = [
    ("favicon", Family::SiteData),
    ("resource", Family::SiteData),
    ("observ", Family::SiteData),
    ("webkit", Family::SiteData),
    ("indexeddb", Family::SiteData),
    ("local-storage", Family::SiteData),
    ("localstorage", Family::SiteData),
    ("cache", Family::SiteData),
    ("cookie", Family::SiteData),
    ("contact", Family::People),
    ("call", Family::People),
    ("interaction", Family::People),
    ("sms", Family::Message),
    ("mms", Family::Message),
    ("message", Family::Message),
    ("whatsapp", Family::Message),
    ("signal", Family::Message),
    ("telegram", Family::Message),
    ("viber", Family::Message),
    ("threema", Family::Message),
    ("mail", Family::Message),
    ("notification", Family::Message),
    ("history", Family::Visit),
    ("tabs", Family::Visit),
    ("browser", Family::Visit),
    ("safari", Family::Visit),
    ("chrome", Family::Visit),
    ("firefox", Family::Visit),
    ("dns", Family::Network),
    ("connect", Family::Network),
    ("socket", Family::Network),
    ("intrusion", Family::Network),
    ("net", Family::Network),
    ("swcutil", Family::SiteData),
    ("shortcuts", Family::Other),
];

/// Names that contain one of those and mean something else.
const NOT_SO: [&str; 8] = [
    "idstatuscache",
    "battery-history",
    "version-history",
    "versions-history",
    "ios-version",
    "datausage",
    "netusage",
    "sms-attachments",
];

impl Family {
    /// The family of an artefact, by its name.
    pub fn of(artefact: &str) -> Self {
        let name = artefact.to_ascii_lowercase().replace('_', "-");
        if NOT_SO.iter().any(|it| name.contains(it)) {
            return Self::Other;
        }
        FAMILIES.iter().find(|(part, _)| name.contains(part)).map_or(Self::Other, |it| it.1)
    }
}

/// The public sites of makers of spyware and of phone-opening tools: who reads about them is not attacked by them.
const VENDORS: [&str; 15] = [
    "candiru.com",
    "cellebrite.com",
    "cy4gate.com",
    "cytrox.com",
    "finfisher.com",
    "hackingteam.com",
    "hackingteam.it",
    "intellexa.com",
    "mem3nt0.com",
    "nsogroup.com",
    "paragonsolutions.com",
    "quadream.com",
    "rcslab.it",
    "variston.net",
    "wintego.com",
];

/// What a grade depends on.
#[derive(Clone, Debug)]
pub(super) struct Facts<'f> {
    /// The artefact that the record stands in.
    pub(super) artefact: &'f str,
    /// The path that was compared, as a pattern writes it: `process:name`.
    pub(super) path: &'f str,
    /// The value that was met.
    pub(super) value: &'f str,
    /// How it was reached from the record's.
    pub(super) how: How,
    /// Whether the record names an app beside a process.
    pub(super) has_bundle: bool,
    /// Whether the record says that the owner sent the message.
    pub(super) sent: bool,
    /// Whether the record says that the owner typed the address.
    pub(super) typed: bool,
    /// Whether a visit elsewhere lies within a second.
    pub(super) redirected: bool,
    /// Whether the indicator's value is one that every phone has.
    pub(super) generic: bool,
    /// The indicator's state at the time of the record, or of the check where it has none.
    pub(super) state: State,
    /// How sure the indicator's maker is, from 0 to 100.
    pub(super) confidence: Option<i64>,
}

/// The grade of a match, before other findings are looked at.
pub(super) fn grade(facts: &Facts<'_>) -> (Grade, Vec<Reason>) {
    let (mut grade, mut reasons) = begin(facts);
    let mut lower = |condition: bool, reason: Reason| {
        if condition {
            grade = grade.lowered();
            reasons.push(reason);
        }
    };
    lower(facts.how == How::Cut, Reason::CutName);
    let is_process = facts.path.starts_with("process:");
    lower(is_process && facts.has_bundle, Reason::BundleBeside);
    lower(facts.state == State::Expired, Reason::Expired);
    lower(facts.confidence.is_some_and(|it| it < 50), Reason::LowConfidence);
    if facts.generic {
        grade = Grade::Note;
        reasons.push(Reason::TooGeneric);
    }
    (grade, reasons)
}

fn begin(facts: &Facts<'_>) -> (Grade, Vec<Reason>) {
    let object_type = facts.path.split(':').next().unwrap_or_default();
    let one = |grade, reason| (grade, vec![reason]);
    if facts.path.contains("hashes") || facts.path.contains(":cert") {
        return one(Grade::Trace, Reason::SameBytes);
    }
    match object_type {
        "process" => one(Grade::Trace, Reason::Ran),
        "file" | "directory" if facts.path == "file:name" => one(Grade::Suspicion, Reason::NameOnly),
        "file" | "directory" => one(Grade::Trace, Reason::FileThere),
        "app" => one(Grade::Trace, Reason::AppThere),
        "configuration-profile" => one(Grade::Trace, Reason::ProfileThere),
        "android-property" => one(Grade::Trace, Reason::PropertySet),
        "email-addr" | "email-message" => match Family::of(facts.artefact) {
            Family::People => one(Grade::Suspicion, Reason::Acquainted),
            _ => one(Grade::Trace, Reason::AttackerAccount),
        },
        "domain-name" | "url" | "ipv4-addr" | "ipv6-addr" | "network-traffic" => address(facts),
        _ => one(Grade::Suspicion, Reason::Described),
    }
}

fn address(facts: &Facts<'_>) -> (Grade, Vec<Reason>) {
    let is_number = facts.path.starts_with("ipv");
    let (mut grade, mut reasons) = match Family::of(facts.artefact) {
        Family::Message if facts.sent => (Grade::Trace, vec![Reason::InMessage, Reason::ByOwner]),
        Family::Message => (Grade::Trace, vec![Reason::InMessage]),
        Family::Visit if facts.redirected => (Grade::Trace, vec![Reason::Visited, Reason::ByRedirect]),
        Family::Visit if facts.typed => (Grade::Suspicion, vec![Reason::Visited, Reason::Typed]),
        Family::Visit => (Grade::Trace, vec![Reason::Visited]),
        Family::SiteData => (Grade::Suspicion, vec![Reason::SiteData]),
        Family::Network => (Grade::Trace, vec![Reason::Connected]),
        Family::People => (Grade::Suspicion, vec![Reason::Acquainted]),
        Family::Other => (Grade::Trace, vec![Reason::Described]),
    };
    if is_number {
        grade = grade.min(Grade::Suspicion);
        reasons.push(Reason::SharedAddress);
    }
    if is_vendor(facts.value) {
        grade = Grade::Note;
        reasons.push(Reason::VendorSite);
    }
    (grade, reasons)
}

/// Whether a host, or a URL's host, is the public site of a vendor or lies below it.
fn is_vendor(value: &str) -> bool {
    let rest = value.split_once("://").map_or(value, |it| it.1);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_ascii_lowercase();
    VENDORS
        .iter()
        .any(|it| host.strip_suffix(it).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

/// What raising looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'f> {
    pub(super) grade: Grade,
    pub(super) artefact: &'f str,
    pub(super) indicator: &'f str,
    /// When, if that is known well enough to speak of an hour.
    pub(super) time: Option<i64>,
    /// Whether others can raise it: what every phone has, or a vendor's site, they cannot.
    pub(super) can_rise: bool,
}

const HOUR: i64 = 3_600_000_000_000;

/// Which findings another one raises: of another artefact and another indicator, itself more than a note, within an hour.
pub(super) fn raised(all: &[Placed<'_>]) -> Vec<usize> {
    let mut timed: Vec<(i64, usize)> =
        all.iter().enumerate().filter_map(|(at, it)| Some((it.time?, at))).collect();
    timed.sort_unstable();
    let mut found = Vec::new();
    let mut start = 0;
    for (time, at) in &timed {
        let Some(one) = all.get(*at).filter(|it| it.can_rise && it.grade == Grade::Suspicion) else {
            continue;
        };
        while timed.get(start).is_some_and(|it| it.0 < time.saturating_sub(HOUR)) {
            start += 1;
        }
        let near = timed.iter().skip(start).take_while(|it| it.0 <= time.saturating_add(HOUR)).take(10_000);
        let mut near = near.filter_map(|it| all.get(it.1));
        if near
            .any(|it| it.grade > Grade::Note && it.artefact != one.artefact && it.indicator != one.indicator)
        {
            found.push(*at);
        }
    }
    found
}

/// The grade and reasons after raising.
pub(super) fn raise(grade: &mut Grade, reasons: &mut Vec<Reason>) {
    *grade = grade.raised();
    reasons.push(Reason::TwoArtefacts);
}

#[cfg(test)]
mod tests;
