//! Documents: several in a text, filters, correlations, and what is refused with which reason.

use vigie_engine::sigma::correlation::{Bound, Comparison, Kind};
use vigie_engine::sigma::{self, Document, Member, Options, Ruleset};

use super::event::event;

/// Puts a text together; also what was refused, as `place: reason: detail`.
fn resolved(text: &str) -> (Ruleset, Vec<String>, u64) {
    let (documents, refused): (Vec<_>, Vec<_>) =
        sigma::read("f.yml", text, &Options::default()).into_iter().partition(Result::is_ok);
    let documents: Vec<Document> = documents.into_iter().flatten().collect();
    let (set, more, repeated) = Ruleset::resolve(documents);
    let refused = refused.into_iter().filter_map(Result::err).chain(more);
    (set, refused.map(|it| format!("{}: {}: {}", it.place, it.reason, it.detail)).collect(), repeated)
}

/// A rule called by its first word, that looks for `a: value`.
fn rule(name: &str, value: &str) -> String {
    format!(
        "---\ntitle: {name}\nname: {name}\nid: {name}-ID\nlogsource: {{product: p}}\ndetection: {{s: {{a: {value}}}, condition: s}}\n"
    )
}

fn correlation(name: &str, rules: &str) -> String {
    format!(
        "---\ntitle: {name}\nname: {name}\ncorrelation: {{type: event_count, rules: {rules}, group-by: [u], timespan: 5m, condition: {{gte: 3}}}}\n"
    )
}

#[test]
fn a_broken_document_costs_only_itself() {
    let text = rule("one", "1")
        + "---\ntitle: [\n"
        + "---\naction: global\n---\njust text\n---\ntitle: none\n"
        + &rule("two", "2");
    let (set, refused, _) = resolved(&text);
    assert_eq!(set.rules.iter().map(|it| it.head.title.as_ref()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(
        refused,
        [
            "f.yml, line 7: broken-rule: line 3: while parsing a node, did not find expected node content",
            "f.yml, line 9: : unsupported-rule: `action` (global, reset, repeat) is not in the specification: write each rule out",
            "f.yml, line 11: : broken-rule: the document is a single value, and must be a map",
            "f.yml, line 13: none: broken-rule: it has none of `detection`, `correlation` and `filter`",
        ]
    );
    assert_eq!(set.rules[0].head.shown(), "f.yml, line 1: one (one-id)");
}

#[test]
fn a_filter_takes_out_what_it_describes_however_it_says_it() {
    for condition in ["selection", "not selection"] {
        let filter = format!(
            "---\ntitle: f\nlogsource: {{product: p}}\nfilter: {{rules: [ONE-id, gone, other], selection: {{u: joe}}, condition: {condition}}}\n"
        );
        let other =
            "---\ntitle: other\nname: other\nlogsource: {product: q}\ndetection: {s: {a: 1}, condition: s}\n";
        let (set, refused, _) = resolved(&(rule("one", "1") + other + &filter));
        assert_eq!(
            refused,
            [
                "f.yml, line 12: f: dangling-reference: it filters `gone`, and there is no such rule",
                "f.yml, line 12: f: dangling-reference: it filters `other`, which is about q/*/* and not about p/*/*",
            ]
        );
        let class = vigie_model::log::LogClass {
            mapping: "m 1".into(),
            sources: vec![vigie_model::log::LogSource { product: Some("p".into()), ..Default::default() }],
        };
        for (user, fires) in [("joe", false), ("ann", true)] {
            let mut event = event(&serde_json::json!({"a": 1, "u": user}));
            event.log = Some(&class);
            assert_eq!(set.rules[0].verdict(&event), fires.into(), "{condition} {user}");
        }
    }
}

#[test]
fn correlations_stand_after_what_they_build_on() {
    let text = correlation("outer", "[inner, one]")
        + &correlation("inner", "[two]")
        + &rule("one", "1")
        + &rule("two", "2");
    let (set, refused, _) = resolved(&text);
    assert_eq!(refused, [""; 0]);
    let titles: Vec<&str> = set.correlations.iter().map(|it| it.head.title.as_ref()).collect();
    assert_eq!(titles, ["inner", "outer"]);
    assert_eq!(set.members, [vec![Member::Rule(1)], vec![Member::Correlation(0), Member::Rule(0)]]);
    assert_eq!((set.alone, set.correlations_alone), (vec![false, false], vec![false, true]));
    let inner = &set.correlations[0];
    assert_eq!(
        (inner.kind, inner.timespan, inner.group_by.concat()),
        (Kind::EventCount, 300_000_000_000, "u".to_owned())
    );
    assert_eq!(inner.condition, [Bound { comparison: Comparison::GreaterOrEqual, value: 3.0 }]);
}

#[test]
fn circles_and_missing_rules_are_refused_and_the_rest_goes_on() {
    let text = correlation("a", "[b]")
        + &correlation("b", "[a]")
        + &correlation("self", "[self]")
        + &correlation("lost", "[nobody]")
        + &correlation("good", "[one]")
        + &rule("one", "1");
    let (set, refused, _) = resolved(&text);
    assert_eq!(set.correlations.iter().map(|it| it.head.title.as_ref()).collect::<Vec<_>>(), ["good"]);
    let circle = "cyclic-reference: it builds on itself, or on a correlation that was refused";
    assert_eq!(
        refused,
        [
            format!("f.yml, line 1: a: {circle}"),
            format!("f.yml, line 5: b: {circle}"),
            format!("f.yml, line 9: self: {circle}"),
            "f.yml, line 13: lost: dangling-reference: it builds on `nobody`, and there is no such rule"
                .to_owned(),
        ]
    );
}

#[test]
fn of_one_id_the_document_changed_last_counts() {
    let dated = |value: &str, date: &str| rule("one", value) + &format!("modified: {date}\n");
    let (set, refused, repeated) =
        resolved(&(dated("1", "2024-01-01") + &dated("2", "2025-01-01") + &dated("3", "2025-01-01")));
    assert_eq!((set.rules.len(), refused.len(), repeated), (1, 0, 2));
    assert_eq!(set.rules[0].head.modified.as_deref(), Some("2025-01-01"));
    assert!(set.rules[0].explain(&event(&serde_json::json!({"a": 2}))).to_string().contains("holds     s"));
}

#[test]
fn correlations_of_every_kind() {
    #[track_caller]
    fn check(body: &str, want: &str) {
        let text = format!("title: c\ncorrelation: {{rules: [x, y], group-by: [u], {body}}}");
        let said = match sigma::read("f", &text, &Options::default()).remove(0) {
            Ok(Document::Correlation(it)) => {
                format!(
                    "{:?} {:?} {:?} {}",
                    it.kind,
                    it.fields,
                    it.condition.len(),
                    it.timespan / 1_000_000_000
                )
            }
            Ok(other) => format!("{other:?}"),
            Err(it) => format!("{}: {}", it.reason, it.detail),
        };
        assert_eq!(said, want, "{body}");
    }
    check(
        "type: value_count, timespan: 1d, condition: {field: User, gt: 10, lte: 20}",
        r#"ValueCount ["User"] 2 86400"#,
    );
    check(
        "type: value_count, timespan: 1h, condition: {field: [a, b], eq: 1}",
        r#"ValueCount ["a", "b"] 1 3600"#,
    );
    check("type: value_sum, timespan: 10s, condition: {field: b, gt: 1.5}", r#"ValueSum ["b"] 1 10"#);
    check("type: value_avg, timespan: 10s, condition: {field: b, lt: 1}", r#"ValueAverage ["b"] 1 10"#);
    check(
        "type: value_percentile, timespan: 10s, condition: {field: b, neq: 1}",
        r#"ValuePercentile ["b"] 1 10"#,
    );
    check("type: temporal, timespan: 5m", "Temporal [] 0 300");
    check("type: temporal_ordered, timespan: 5m, condition: {gte: 2}", "TemporalOrdered [] 1 300");
    check("type: near, timespan: 5m", "broken-rule: `type` is `near`, which is no correlation");
    check("type: event_count, timespan: 5m", "broken-rule: the condition names no number to compare with");
    check(
        "type: value_count, timespan: 5m, condition: {gt: 1}",
        "broken-rule: this correlation needs a `field` in its condition",
    );
    check(
        "type: event_count, timespan: 5m, condition: {gt: 1, field: x}",
        "broken-rule: this correlation has no use for a `field` in its condition",
    );
    check(
        "type: event_count, timespan: 5m, condition: {gt: x}",
        "broken-rule: `gt` of the condition must be a number",
    );
    check(
        "type: event_count, timespan: 5m, condition: {more: 1}",
        "broken-rule: the condition has the key `more`, which means nothing",
    );
    for span in ["5", "m", "5w", "-5m", "0s", "99999999999d", "5 m", "é"] {
        let want = format!("broken-rule: `timespan` is `{span}`; expected a number and `s`, `m`, `h` or `d`");
        check(&format!("type: temporal, timespan: '{span}'"), &want);
    }
}
