//! Sigma documents that come at different times: in a saved image, and in what is laid over one.

use serde_json::json;
use vigie_engine::sigma;
use vigie_engine::{Builder, Found, Image, Options, State, Windows, Work};
use vigie_model::alert::Source;
use vigie_model::event::Event;
use vigie_model::log::{LogClass, LogSource};

use super::event::event;

const RULE: &str = "title: rule\nid: 00000000-0000-4000-8000-000000000001\nname: rule\n\
    logsource: {product: windows}\ndetection: {s: {EventID: 1}, condition: s}\n";
const FILTER: &str = "title: filter\nlogsource: {product: windows}\n\
    filter: {rules: [rule], s: {Image: known.exe}, condition: s}\n";
const CORRELATION: &str = "title: twice\nname: twice\ncorrelation: {type: event_count, rules: [rule], \
    group-by: [User], timespan: 5m, condition: {gte: 2}, generate: true}\n";
const NOBODY: &str = "title: nobody\ncorrelation: {type: event_count, rules: [missing], timespan: 5m, \
    condition: {gte: 2}}\n";

fn options() -> Options {
    let placeholders = [("admins".to_owned(), vec!["root*".to_owned()])].into();
    Options { sigma: sigma::Options { placeholders, ..sigma::Options::default() }, ..Options::default() }
}

fn built(texts: &[&str]) -> vigie_engine::Segment {
    let mut builder = Builder::new(options());
    for (number, text) in texts.iter().enumerate() {
        builder.add_sigma(&format!("{number}.yml"), text);
    }
    builder.build()
}

fn image(texts: &[&str]) -> Image {
    Image::new(built(texts))
}

/// Saved, and loaded by a program that knows no placeholders of its own.
fn reloaded(image: &Image) -> Image {
    let mut file = Vec::new();
    image.save(&mut file, &options()).unwrap();
    Image::load(file.as_slice(), 1 << 20, &Options::default()).unwrap()
}

/// The titles that fire on some events of 2024, one after the other, those over several events included.
fn fired(image: &Image) -> Vec<String> {
    let source = LogSource { product: Some("windows".into()), ..LogSource::default() };
    let class = LogClass { mapping: "sysmon 1".into(), sources: vec![source] };
    let (mut windows, mut work, mut titles) = (Windows::default(), Work::default(), Vec::new());
    let images = ["a.exe", "known.exe", "b.exe"];
    for (number, image_of) in images.into_iter().enumerate() {
        let fields = json!({"EventID": 1, "Image": image_of, "User": "rooted"});
        let time = Some(1_720_000_000_000_000_000 + i64::try_from(number).unwrap() * 1_000_000_000);
        let event = Event { log: Some(&class), time, ..event(&fields) };
        let mut found = Found::default();
        image.matches(&event, None, &mut work, &mut found);
        let mut matches = std::mem::take(&mut found.matches);
        for step in found.steps {
            let place = Source { file: "log".to_owned(), line: number as u64, format: "winlog".to_owned() };
            windows.take(step, &place, &mut matches);
        }
        titles.extend(matches.into_iter().map(|it| format!("{} on {image_of}", it.rule.name)));
    }
    titles.sort();
    titles
}

#[track_caller]
fn check(image: &Image, want: &[&str]) {
    assert_eq!(fired(image), want);
    let reloaded = reloaded(image);
    assert_eq!(fired(&reloaded), want, "after it was saved and loaded");
    assert_eq!(reloaded.rules(None), image.rules(None), "after it was saved and loaded");
    let refusals = |it: &Image| it.refusals().cloned().collect::<Vec<_>>();
    assert_eq!(refusals(&reloaded), refusals(image), "after it was saved and loaded");
}

const ALL: [&str; 3] = ["rule on a.exe", "rule on b.exe", "twice on b.exe"];

#[test]
fn what_is_saved_says_what_the_files_say() {
    check(&image(&[RULE]), &["rule on a.exe", "rule on b.exe", "rule on known.exe"]);
    check(&image(&[RULE, FILTER, CORRELATION]), &ALL);
    check(&image(&[&[RULE, FILTER, CORRELATION, RULE].join("---\n"), NOBODY, "title: ["]), &ALL);
    let expanded = RULE.replace("EventID: 1", "User|expand: '%admins%', Image: a.exe");
    check(&image(&[&expanded]), &["rule on a.exe"]);
    check(&image(&[]), &[]);
}

#[test]
fn what_is_laid_over_an_image_finds_its_rules() {
    let laid = |base: &Image, texts: &[&str]| base.with(built(texts), [], &options());
    check(&laid(&image(&[RULE]), &[FILTER, CORRELATION]), &ALL);
    check(&laid(&laid(&image(&[RULE]), &[FILTER]), &[CORRELATION]), &ALL);
    check(&laid(&reloaded(&image(&[RULE])), &[FILTER, CORRELATION]), &ALL);
    // The rule comes last: what waits for it was refused until then.
    let waiting = image(&[FILTER, CORRELATION]);
    assert_eq!((waiting.rules(None).of(State::Refused), waiting.rules(None).of(State::Active)), (2, 0));
    let complete = laid(&waiting, &[RULE]);
    check(&complete, &ALL);
    assert_eq!((complete.rules(None).of(State::Refused), complete.rules(None).of(State::Active)), (0, 2));
    // The same rule again is the same rule.
    let again = laid(&complete, &[RULE]);
    check(&again, &ALL);
    assert_eq!(again.rules(None).of(State::Duplicate), 1);
}

/// Lists that are too large to be merged with, so that the layers stay apart.
#[test]
fn layers_that_stay_apart_say_the_same() {
    let small = Options { small: 1, ..options() };
    let image = image(&[RULE]).with(built(&[FILTER, CORRELATION]), [], &small);
    assert_eq!(image.segments(), 1, "nothing is left of the first");
    let mut builder = Builder::new(small.clone());
    builder.add_list("l", b"evil.example\n");
    builder.add_sigma("rule.yml", RULE);
    let image = Image::new(builder.build()).with(built(&[FILTER, CORRELATION]), [], &small);
    assert_eq!(image.segments(), 2);
    check(&image, &ALL);
    assert_eq!(image.rules(None).of(State::Active), 3);
    let merged = image.merge_due(&small).expect("two layers of like size").run();
    let image = image.merged(&merged);
    assert_eq!(image.segments(), 1);
    check(&image, &ALL);
}

/// A merge that began before the rules were put together elsewhere does not bring them back.
#[test]
fn a_late_merge_repeats_no_rule() {
    let small = Options { small: 1, ..options() };
    let mut first = Builder::new(small.clone());
    first.add_list("l", b"evil.example\n");
    first.add_sigma("rule.yml", RULE);
    let mut second = Builder::new(small.clone());
    second.add_list("m", b"evil.example\nmore.example\n");
    let image = Image::new(first.build()).with(second.build(), [], &small);
    let merge = image.merge_due(&small).expect("two layers of like size");
    let image = image.with(built(&[FILTER, CORRELATION]), [], &small).merged(&merge.run());
    assert_eq!(image.segments(), 2);
    check(&image, &ALL);
    assert_eq!(image.rules(None).of(State::Active), 4 + 1);
}

#[test]
fn an_indicator_reaches_its_own_rules_alone() {
    let indicator = |pattern: &str| {
        json!({"type": "indicator", "spec_version": "2.1", "pattern_type": "sigma", "pattern": pattern,
            "id": "indicator--00000000-0000-4000-8000-000000000009", "valid_from": "2024-01-01T00:00:00Z",
            "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"})
        .to_string()
    };
    let laid = |pattern: &str| {
        let mut builder = Builder::new(options());
        builder.add_bundle("b.json", &indicator(pattern));
        image(&[RULE]).with(builder.build(), [], &options())
    };
    for pattern in [FILTER, CORRELATION] {
        let image = laid(pattern);
        check(&image, &["rule on a.exe", "rule on b.exe", "rule on known.exe"]);
        let refusal = image.refusals().next().expect("it names a rule that it does not hold");
        assert_eq!(refusal.reason.as_str(), "dangling-reference");
        assert!(refusal.detail.contains("reach the rules of its own pattern alone"), "{refusal:?}");
    }
    let whole = laid(&[RULE, CORRELATION].join("---\n"));
    assert!(fired(&whole).contains(&"twice on known.exe".to_owned()), "{:?}", fired(&whole));
}
