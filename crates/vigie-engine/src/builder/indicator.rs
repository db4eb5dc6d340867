//! Reads an indicator object into a rule, or says why it cannot be one.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use vigie_model::label::LabelId;
use vigie_stix::id::StixId;
use vigie_stix::json::Value;
use vigie_stix::object::{Object, SpecVersion};
use vigie_stix::pattern::{Edition, ParseOptions, Pattern};
use vigie_stix::timestamp::Timestamp;

use super::Options;
use crate::pattern::Detector;
use crate::rule::{Indicator, Language, Reason, Refusal, Validity};
use crate::sigma::{self, Ruleset};
use crate::{suricata, yara};

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 200;

pub(super) fn read(
    object: &Object<'_>,
    label: Option<LabelId>,
    options: &Options,
) -> Result<Indicator, (Reason, String)> {
    let text = |property| object.get(property).and_then(Value::as_str);
    let language = text("pattern_type").unwrap_or("stix");
    let language = Language::of(language).ok_or_else(|| {
        let known = "`stix`, `sigma`, `suricata`, `snort` and `yara` are known";
        (Reason::OtherLanguage, format!("`pattern_type` is `{language}`; {known}"))
    })?;
    let pattern =
        text("pattern").ok_or((Reason::BrokenObject, "the property `pattern` is missing".to_owned()))?;
    let validity = Validity {
        from: instant(object, "valid_from")?,
        until: instant(object, "valid_until")?,
        revoked: object.is_revoked(),
    };
    let edition = match object.spec_version() {
        SpecVersion::V20 => Edition::V20,
        SpecVersion::V21 => Edition::V21,
    };
    let name: String =
        text("name").filter(|it| !it.is_empty()).unwrap_or(pattern).chars().take(MAX_NAME).collect();
    let draft = Draft {
        id: object.id().clone(),
        name: name.into(),
        pattern: pattern.into(),
        language,
        edition,
        label,
        version: object.version().map_or(0, Timestamp::nanos),
        validity,
    };
    draft.compile(options)
}

/// An indicator that is not compiled yet.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) id: StixId,
    pub(crate) name: Box<str>,
    pub(crate) pattern: Box<str>,
    pub(crate) language: Language,
    pub(crate) edition: Edition,
    pub(crate) label: Option<LabelId>,
    pub(crate) version: i128,
    pub(crate) validity: Validity,
}

impl Draft {
    /// Compiles it, or says why it cannot be a rule.
    pub(crate) fn compile(self, options: &Options) -> Result<Indicator, (Reason, String)> {
        let (mut detector, mut sigma) = (None, None);
        match self.language {
            Language::Stix => detector = Some(self.detector(options)?),
            Language::Sigma => sigma = Some(Arc::new(self.sigma(options)?)),
            Language::Sensor(dialect) => {
                suricata::Rule::parse_all(&self.pattern, dialect, &options.sensor_rules)
                    .map_err(|it| (it.reason(), it.to_string()))?;
            }
            Language::Yara => yara::check(&self.pattern)?,
        }
        let Self { id, name, pattern, language, edition, label, version, validity } = self;
        Ok(Indicator {
            id,
            name,
            pattern,
            language,
            edition,
            label,
            version,
            validity,
            detector,
            sigma,
            undecided: AtomicU64::new(0),
        })
    }

    fn detector(&self, options: &Options) -> Result<Detector, (Reason, String)> {
        let parse =
            ParseOptions { edition: self.edition, limits: options.patterns, ..ParseOptions::default() };
        let parsed = Pattern::parse_with(&self.pattern, &parse)
            .map_err(|it| (Reason::BrokenPattern, it.to_string()))?;
        Detector::new(&parsed, options.semantics, &options.windows)
    }

    /// The documents that the pattern holds. If one of them is refused the whole is.
    fn sigma(&self, options: &Options) -> Result<Ruleset, (Reason, String)> {
        let refused = |it: Refusal| (it.reason, it.detail);
        let documents = sigma::read(self.id.as_str(), &self.pattern, &options.sigma);
        let documents = documents.into_iter().collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let (rules, refusals, _) = Ruleset::resolve(documents);
        match refusals.into_iter().next() {
            // An ally's filter must not silence the nation's own rules, nor a correlation show what they see.
            Some(it) if it.reason == Reason::DanglingReference => {
                let why = "filters and correlations in an indicator reach the rules of its own pattern alone";
                Err((it.reason, format!("{}; {why}: write the rule into the pattern, too", it.detail)))
            }
            Some(it) => Err(refused(it)),
            None if rules.rules.is_empty() => {
                Err((Reason::BrokenRule, "it holds no rule about an event".to_owned()))
            }
            None => Ok(rules),
        }
    }
}

fn instant(object: &Object<'_>, property: &str) -> Result<Option<i64>, (Reason, String)> {
    let Some(value) = object.get(property) else { return Ok(None) };
    let bad = |detail: String| (Reason::BrokenObject, format!("`{property}`: {detail}"));
    let text = value.as_str().ok_or_else(|| bad(format!("expected a timestamp, found {}", value.kind())))?;
    let time: Timestamp = text.parse().map_err(|error| bad(format!("{error}")))?;
    // Beyond the years 1677 to 2262 nanoseconds do not fit; the nearest instant that does means the same.
    let bounds = i128::from(i64::MIN)..=i128::from(i64::MAX);
    Ok(Some(time.nanos().clamp(*bounds.start(), *bounds.end()) as i64))
}
