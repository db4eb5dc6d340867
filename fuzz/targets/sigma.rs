//! Sigma: rules, correlations and filters, put to fixed events.

use vigie_engine::explain::Verdict;
use vigie_engine::sigma::{self, Document};
use vigie_engine::{Builder, Found, Image, Options, State, Work};
use vigie_model::event::{Event, Field, Scalar};

/// Every document is a rule or refused, and the image says of an event what each rule says.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let options = Options::default();
    let read = sigma::read("fuzzed", text, &options.sigma);
    assert!(!read.is_empty(), "neither read nor refused");
    let (documents, refused): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
    let documents: Vec<Document> = documents.into_iter().flatten().collect();
    let mut builder = Builder::new(options);
    builder.add_sigma("fuzzed", text);
    let image = Image::new(builder.build());
    let counts = image.rules(None);
    assert!(counts.of(State::Refused) >= refused.len() as u64);
    assert!(counts.of(State::Active) <= documents.len() as u64);
    let (mut work, mut found) = (Work::default(), Found::default());
    for fields in [&[][..], &FIELDS] {
        let fields = fields.iter().map(|(name, value)| Field {
            name: (*name).into(),
            value: value.map_or(Scalar::Null, |it| Scalar::Text(it.into())),
        });
        let event = Event { fields: fields.collect(), ..Event::default() };
        found.matches.clear();
        image.matches(&event, None, &mut work, &mut found);
        if event.fields.is_empty() {
            assert!(found.matches.is_empty(), "there is nothing to fire on");
            continue;
        }
        let rules: Vec<_> = image.sigma().flat_map(|it| it.rules.iter().zip(&it.alone)).collect();
        let fires = |rule: &sigma::Rule| {
            let verdict = rule.verdict(&event);
            assert_eq!(rule.explain(&event).verdict, verdict);
            verdict == Verdict::Holds
        };
        let want = rules.iter().filter(|(rule, alone)| **alone && fires(rule)).count();
        assert_eq!(found.matches.len(), want);
    }
}

const FIELDS: [(&str, Option<&str>); 8] = [
    ("EventID", Some("4625")),
    ("Image", Some("C:\\Windows\\System32\\cmd.exe")),
    ("CommandLine", Some("cmd /c whoami –enc d2hvYW1p")),
    ("User", None),
    ("SourceIp", Some("10.1.2.3")),
    ("SourceIp", Some("2001:db8::1")),
    ("UtcTime", Some("2020-10-19 10:46:42.027")),
    ("a", Some("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")),
];
