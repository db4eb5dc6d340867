//! The owner's consent, without which nothing of a phone is read.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// What the owner agreed to. Every part must be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whose phone it is.
    pub owner: String,
    /// What the check is for.
    pub purpose: String,
    /// What may be looked at.
    pub scope: String,
    /// How long what comes of it is kept.
    pub retention: String,
    /// The day on which the owner agreed: `2026-11-22`.
    pub date: String,
    /// Whether an extract may be kept, to be compared with later indicators.
    #[serde(default)]
    pub extract: bool,
}

/// Why there is no consent.
#[derive(Debug, thiserror::Error)]
pub enum NoConsent {
    /// Nobody said that there is one.
    #[error(
        "nothing of a phone is read without its owner's consent; give it with `--consent FILE` (owner, purpose, scope, \
         retention, date) or `--consent-given-by NAME`"
    )]
    Missing,
    /// The file cannot be read.
    #[error("could not read the consent in `{file}`")]
    File {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no record of consent.
    #[error(
        "`{file}` is no record of consent: {why}; it is TOML or JSON with `owner`, `purpose`, `scope`, `retention` and `date`"
    )]
    Form {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// A part says nothing.
    #[error("the consent says nothing under `{part}`; write down what the owner agreed to")]
    Empty {
        /// Which.
        part: &'static str,
    },
    /// The date is none.
    #[error("the consent's `date` is `{found}`; write it as `2026-11-22`")]
    Date {
        /// What stands there.
        found: String,
    },
    /// The owner did not agree to an extract.
    #[error(
        "the owner did not agree to an extract, so nothing was read; once the owner agrees, write `extract = true` into the \
         record of consent or give `--consent-to-extract`, else leave out `--extract-to` and `--extract-passphrase-file`"
    )]
    Extract,
    /// The owner is said to agree in the future.
    #[error("the consent is dated {date}, which has not come yet; nothing is read before the owner agrees")]
    Future {
        /// When.
        date: String,
    },
}

/// The largest record of consent, in bytes.
const MAX_FILE: u64 = 1 << 20;

impl Consent {
    /// What the helper says when the owner, of this name, agreed today by word of mouth.
    pub fn given_by(owner: &str, now: i64) -> Self {
        Self {
            owner: owner.to_owned(),
            purpose: "to look for traces of spyware".to_owned(),
            scope: "the evidence that was handed over, all of it".to_owned(),
            retention: "the results, until the owner asks for their deletion (`vigie phone forget`)"
                .to_owned(),
            date: day(now).unwrap_or_default(),
            extract: false,
        }
    }

    /// Reads a record: JSON if it begins with `{`, else TOML.
    pub fn read(file: &Path) -> Result<Self, NoConsent> {
        let name = || file.display().to_string();
        let failed = |source| NoConsent::File { file: name(), source };
        let size = std::fs::metadata(file).map_err(failed)?.len();
        if size > MAX_FILE {
            return Err(NoConsent::Form { file: name(), why: format!("it has {size} bytes") });
        }
        let text = std::fs::read_to_string(file).map_err(failed)?;
        let read: Result<Self, String> = if text.trim_start().starts_with('{') {
            serde_json::from_str(&text).map_err(|it| it.to_string())
        } else {
            toml::from_str(&text).map_err(|it| it.message().to_owned())
        };
        read.map_err(|why| NoConsent::Form { file: name(), why })
    }

    /// Whether it is whole, and was given by now.
    pub fn check(&self, now: i64) -> Result<(), NoConsent> {
        let parts = [
            ("owner", &self.owner),
            ("purpose", &self.purpose),
            ("scope", &self.scope),
            ("retention", &self.retention),
        ];
        if let Some((part, _)) = parts.iter().find(|(_, it)| it.trim().is_empty()) {
            return Err(NoConsent::Empty { part });
        }
        let date: jiff::civil::Date =
            self.date.parse().map_err(|_| NoConsent::Date { found: self.date.clone() })?;
        // Somewhere it is tomorrow already.
        let latest = day(now.saturating_add(14 * 3_600_000_000_000)).and_then(|it| it.parse().ok());
        if latest.is_some_and(|it: jiff::civil::Date| date > it) {
            return Err(NoConsent::Future { date: self.date.clone() });
        }
        Ok(())
    }

    /// The last day on which what came of the check is kept, if `retention` is a date or a time from the day of consent:
    /// `2027-05-31`, `until 2027-05-31`, `6 months`, `a year`, `P6M`.
    pub fn until(&self) -> Option<jiff::civil::Date> {
        let text = self.retention.trim().trim_end_matches('.').to_lowercase();
        let mut text = text.as_str();
        for before in ["kept ", "until ", "till ", "up to ", "for "] {
            text = text.strip_prefix(before).unwrap_or(text).trim_start();
        }
        if let Ok(date) = text.parse() {
            return Some(date);
        }
        let one =
            ["a ", "an ", "one "].iter().find_map(|it| text.strip_prefix(it)).map(|it| format!("1 {it}"));
        let span: jiff::Span = one.as_deref().unwrap_or(text).parse().ok()?;
        let from: jiff::civil::Date = self.date.parse().ok()?;
        from.checked_add(span).ok().filter(|it| *it >= from)
    }

    /// The last day on which what came of the check is kept, if it is over everywhere on Earth.
    pub fn is_over(&self, now: i64) -> Option<jiff::civil::Date> {
        let today: jiff::civil::Date = day(now.saturating_sub(12 * 3_600_000_000_000))?.parse().ok()?;
        self.until().filter(|it| *it < today)
    }
}

/// The day of an instant in UTC.
pub(crate) fn day(nanos: i64) -> Option<String> {
    let at = jiff::Timestamp::from_nanosecond(nanos.into()).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_305_600_000_000_000; // 2026-11-22

    #[track_caller]
    fn check(text: &str, want: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("consent");
        std::fs::write(&file, text).expect("a file");
        let got = Consent::read(&file).and_then(|it| it.check(NOW).map(|()| it));
        let got = got.map_or_else(|it| it.to_string(), |it| it.owner);
        assert!(got.contains(want), "{text}: {got}");
    }

    #[test]
    fn every_part_must_be_said() {
        let toml = "owner='A'\npurpose='p'\nscope='s'\nretention='r'\ndate='2026-11-22'\n";
        check(toml, "A");
        check(r#"{"owner":"A","purpose":"p","scope":"s","retention":"r","date":"2026-11-01"}"#, "A");
        check(&toml.replace("scope='s'\n", ""), "missing field `scope`");
        check(&toml.replace("'s'", "' '"), "says nothing under `scope`");
        check(&toml.replace("2026-11-22", "yesterday"), "write it as");
        check(&toml.replace("2026-11-22", "2026-11-24"), "has not come yet");
        check("", "missing field");
        check("{", "is no record of consent");
        assert!(Consent::read(Path::new("/nowhere")).is_err());
    }

    #[test]
    fn retention_is_a_date_or_a_time_or_words() {
        #[track_caller]
        fn check(retention: &str, want: Option<&str>) {
            let consent = Consent { retention: retention.to_owned(), ..Consent::given_by("A", NOW) };
            assert_eq!(consent.until().map(|it| it.to_string()).as_deref(), want, "{retention}");
        }
        check("2027-05-31", Some("2027-05-31"));
        check("until 2027-05-31.", Some("2027-05-31"));
        check("6 months", Some("2027-05-22"));
        check("kept for 30 days", Some("2026-12-22"));
        check("a year", Some("2027-11-22"));
        check("One month", Some("2026-12-22"));
        check("P2W", Some("2026-12-06"));
        check("the results, until the owner asks for their deletion (`vigie phone forget`)", None);
        check("-3 days", None);
        check("99999 years", None);
        check("until 2027-05-31 or the trial's end", None);
        let consent = Consent { retention: "until 2026-11-21".to_owned(), ..Consent::given_by("A", NOW) };
        assert_eq!(consent.is_over(NOW), None, "somewhere it is still that day");
        assert!(consent.is_over(NOW + 86_400_000_000_000).is_some());
    }

    #[test]
    fn a_name_alone_is_a_whole_record() {
        let consent = Consent::given_by("A", NOW);
        assert!(consent.check(NOW).is_ok());
        assert_eq!(consent.date, "2026-11-22");
        assert!(Consent::given_by(" ", NOW).check(NOW).is_err());
    }
}
