//! Sigma in an image: matches, what they carry, validity, withdrawal, merging, saving.

use serde_json::{Value, json};
use vigie_engine::window::Limits;
use vigie_engine::{Builder, Found, Image, Match, Options, Reason, State, Windows, Work};
use vigie_model::alert::Source;
use vigie_model::event::{Event, Wanted};
use vigie_model::log::{LogClass, LogSource};
use vigie_stix::object::Object;

use super::event::event;

fn rule(title: &str, value: &str) -> String {
    format!(
        "title: {title}\nid: 00000000-0000-4000-8000-00000000000{value}\nauthor: A. Nalyst\nlevel: high\n\
         logsource: {{product: windows}}\ndetection: {{s: {{EventID: {value}, Image|endswith: .exe}}, condition: s}}\n"
    )
}

fn indicator(number: u8, pattern: &str, more: &Value) -> String {
    let mut object = json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": format!("indicator--00000000-0000-4000-8000-00000000000{number}"),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
        "valid_from": "2024-01-01T00:00:00Z",
        "pattern_type": "sigma",
        "pattern": pattern,
    });
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object.to_string()
}

fn built(fill: impl FnOnce(&mut Builder)) -> Image {
    let mut builder = Builder::new(Options::default());
    fill(&mut builder);
    Image::new(builder.build())
}

fn windows_class() -> LogClass {
    let source = LogSource { product: Some("windows".into()), ..LogSource::default() };
    LogClass { mapping: "sysmon 1".into(), sources: vec![source] }
}

fn fired(image: &Image, fields: &Value, class: &LogClass) -> Vec<Match> {
    let event = Event { log: Some(class), time: Some(1_720_000_000_000_000_000), ..event(fields) };
    let (mut work, mut found) = (Work::default(), Found::default());
    image.matches(&event, None, &mut work, &mut found);
    found.matches
}

fn names(image: &Image, id: u32) -> Vec<String> {
    let all = fired(image, &json!({"EventID": id, "Image": "C:\\a.EXE"}), &windows_class());
    all.into_iter().map(|it| format!("{} {}", it.rule.id, it.rule.name)).collect()
}

#[test]
fn a_match_carries_its_author_and_its_proof() {
    let text = rule("one", "1");
    let image = built(|it| it.add_sigma("one.yml", &text));
    let class = windows_class();
    let all = fired(&image, &json!({"EventID": 1, "Image": "C:\\a.EXE", "Other": "x"}), &class);
    let [hit] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        (hit.rule.id.as_str(), hit.rule.name.as_str()),
        ("00000000-0000-4000-8000-000000000001", "one")
    );
    assert_eq!(
        (hit.rule.language.as_str(), hit.rule.author.as_deref(), hit.rule.level.as_deref()),
        ("sigma", Some("A. Nalyst"), Some("high"))
    );
    let matched: Vec<_> = hit.matched.iter().map(|it| (it.path.as_str(), it.value.as_str())).collect();
    assert_eq!(matched, [("EventID", "1"), ("Image", "C:\\a.EXE")]);
    assert_eq!(hit.mapping.as_deref(), Some("sysmon 1"));
    assert_eq!(hit.hash.as_deref().map(str::len), Some(64));
    assert_eq!(image.wanted(), Wanted { observables: false, fields: true });
    assert_eq!(image.rules(None).of(State::Active), 1);
    let other = LogClass { mapping: "zeek 1".into(), sources: vec![LogSource::default()] };
    assert!(fired(&image, &json!({"EventID": 1, "Image": "a.exe"}), &other).is_empty());
}

/// Events of two mappings, with a restart between them.
#[test]
fn a_correlation_carries_the_mappings_of_its_events() {
    let count = "---\ntitle: twice\ncorrelation: {type: event_count, rules: [one], timespan: 5m, condition: {gte: 2}}";
    let text = rule("one", "1").replace("author:", "name: one\nauthor:") + count;
    let image = built(|it| it.add_sigma("one.yml", &text));
    let mut windows = Windows::default();
    let mut told = Vec::new();
    for mapping in ["sysmon 1", "ecs 2"] {
        let class = LogClass { mapping: mapping.into(), ..windows_class() };
        let fields = json!({"EventID": 1, "Image": "a.exe"});
        let event = Event { log: Some(&class), time: Some(0), ..event(&fields) };
        let mut found = Found::default();
        image.matches(&event, None, &mut Work::default(), &mut found);
        let place = Source { file: mapping.to_owned(), line: 1, format: "x".to_owned() };
        found.steps.into_iter().for_each(|it| windows.take(it, &place, &mut told));
        windows = Windows::load(&windows.save(), Limits::default(), &image).unwrap();
    }
    let [hit] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(hit.mapping.as_deref(), Some("ecs 2, sysmon 1"));
    let proof = hit.proof(image.hash());
    let each: Vec<_> = proof.observations.iter().map(|it| it.mapping.as_deref()).collect();
    assert_eq!(each, [Some("sysmon 1"), Some("ecs 2")]);
}

#[test]
fn what_is_refused_is_counted() {
    let image = built(|it| {
        it.add_sigma("a.yml", "title: [");
        it.add_sigma("b.yml", &(rule("one", "1") + "---\n" + &rule("again", "1")));
        it.add_sigma("c.yml", "title: c\ncorrelation: {type: temporal, rules: [x, y], timespan: 1m}");
    });
    let counts = image.rules(None);
    assert_eq!((counts.of(State::Active), counts.of(State::Duplicate), counts.of(State::Refused)), (1, 1, 2));
    let reasons: Vec<_> = counts.reasons.into_iter().collect();
    assert_eq!(reasons, [(Reason::BrokenRule, 1), (Reason::DanglingReference, 1)]);
    assert_eq!(image.refusals().count(), 2);
}

#[test]
fn indicators_in_sigma_live_as_those_in_stix() {
    let add = |builder: &mut Builder, text: &str| builder.add_indicator(&Object::parse(text).unwrap(), None);
    let one = indicator(1, &rule("one", "1"), &json!({"name": "n"}));
    let over = indicator(2, &rule("two", "2"), &json!({"valid_until": "2024-02-01T00:00:00Z"}));
    let broken = indicator(3, "title: x", &json!({}));
    let image = built(|it| [&one, &over, &broken].into_iter().for_each(|text| add(it, text)));
    assert_eq!(names(&image, 1), ["indicator--00000000-0000-4000-8000-000000000001 one"]);
    assert_eq!(names(&image, 2), [""; 0], "its time is over");
    assert_eq!(image.rules(None).reasons.into_iter().collect::<Vec<_>>(), [(Reason::BrokenRule, 1)]);

    let newer = indicator(1, &rule("new", "3"), &json!({"modified": "2024-05-01T00:00:00.000Z"}));
    let mut builder = Builder::new(Options::default());
    add(&mut builder, &newer);
    builder.add_sigma("plain.yml", &rule("plain", "3"));
    let options = Options::default();
    let image = image.with(builder.build(), [], &options);
    assert_eq!(names(&image, 1), [""; 0], "a newer version says otherwise");
    let mut both = names(&image, 3);
    both.sort();
    assert_eq!(
        both,
        ["00000000-0000-4000-8000-000000000003 plain", "indicator--00000000-0000-4000-8000-000000000001 new"]
    );
    let gone = "indicator--00000000-0000-4000-8000-000000000001".parse().unwrap();
    let image = image.with(Builder::new(options.clone()).build(), [&gone], &options);
    assert_eq!(names(&image, 3), ["00000000-0000-4000-8000-000000000003 plain"]);
}

#[test]
fn an_indicator_in_sigma_is_saved() {
    let one = indicator(1, &rule("one", "1"), &json!({}));
    let image = built(|it| it.add_indicator(&Object::parse(&one).unwrap(), None));
    let mut file = Vec::new();
    image.save(&mut file, &Options::default()).unwrap();
    let loaded = Image::load(file.as_slice(), 1 << 20, &Options::default()).unwrap();
    assert_eq!(names(&loaded, 1), names(&image, 1));
    assert_eq!(names(&loaded, 1).len(), 1);
}
