//! Rules made to cost time or memory, or to lead in circles: each is bounded by a limit that is said, and costs only itself.

use serde_json::json;

use crate::samples::{envelope, indicator_of, question};
use crate::watching::{Desk, Watched};

/// A Sigma rule over the names that are asked for.
fn sigma(title: &str, value: &str) -> String {
    format!(
        "title: {title}\nlogsource: {{category: dns}}\ndetection:\n  s: {{query: '{value}'}}\n  condition: s\n---\n"
    )
}

fn watch(rules: &str, log: &str) -> Watched {
    let desk = Desk::with(&[("rules.yml", rules), ("eve.json", log)]);
    desk.watch(&["--rules", "rules.yml", "eve.json"])
}

/// A name on which every star of `*a*a*…b` finds its place in as many ways as there are letters.
fn evil() -> String {
    question(&"a".repeat(60_000)) + &question(&format!("{}b", "a".repeat(60_000)))
}

/// However many stars: each is placed once, so the verdict comes and no limit is reached.
#[test]
fn a_rule_of_thousands_of_wildcards_is_decided() {
    let stars = "*a".repeat(8_000);
    let rules = sigma("no b", &format!("{stars}*c"))
        + &sigma("a b", &format!("{stars}*b"))
        + &sigma("stars", &"*".repeat(16_000));
    let watched = watch(&rules, &evil());
    assert_eq!(
        watched.fired(),
        ["a b at eve.json:2", "stars at eve.json:1", "stars at eve.json:2"],
        "{}",
        watched.ran.told
    );
    assert_eq!(watched.number("undecided"), 0);
}

/// Beyond the limits a rule is refused, and said to be too large.
#[test]
fn wildcards_beyond_the_limits_are_refused() {
    let billion = sigma("more than a value holds", &"*a".repeat(9_000));
    let marks = sigma("more marks than are searched", &format!("*{}*", "?".repeat(300)));
    let watched = watch(&(billion + &marks + &sigma("good", "*b")), &evil());
    assert_eq!(watched.summary["refused"], json!({"too-large": 2}), "{}", watched.ran.told);
    assert_eq!(watched.fired(), ["good at eve.json:2"]);
    watched.ran.check(3, &[], &["more than a value holds", "(too-large)"]);
}

/// The same in a pattern of STIX: the verdict comes, or is counted as undecided.
#[test]
fn a_pattern_of_thousands_of_wildcards_ends_at_its_limit() {
    let patterns = [
        format!("[domain-name:value LIKE '{}%c']", "%a".repeat(4_000)),
        format!("[domain-name:value MATCHES '^{}c$']", "(a|aa)*".repeat(20)),
        "[domain-name:value LIKE '%b']".to_owned(),
    ];
    let texts: Vec<String> =
        patterns.iter().enumerate().map(|(number, it)| indicator_of(number, it)).collect();
    let desk = Desk::with(&[("rules.json", &envelope(&texts)), ("eve.json", &evil())]);
    let watched = desk.watch(&["--indicators", "rules.json", "eve.json"]);
    assert_eq!(watched.fired(), ["[domain-name:value LIKE '%b'] at eve.json:2"], "{}", watched.ran.told);
    let (undecided, refused) = (watched.number("undecided"), watched.number("rules/refused"));
    assert!(undecided + refused <= 8, "each verdict is asked for once or twice: {}", watched.summary);
}

#[test]
fn rules_that_lead_in_circles_are_refused() {
    let correlation = |title: &str, id: u8, rules: &str| {
        format!(
            "title: {title}\nid: {id:08}-1111-4111-8111-111111111111\ncorrelation: {{type: temporal, rules: [{rules}], timespan: 1m}}\n---\n"
        )
    };
    let id = |number: u8| format!("{number:08}-1111-4111-8111-111111111111");
    let filter = |title: &str, of: &str| {
        format!(
            "title: {title}\nname: {title}\nlogsource: {{category: dns}}\nfilter:\n  rules: [{of}]\n  s: {{query: x}}\n  condition: not s\n---\n"
        )
    };
    let rules = [
        sigma("good", "*b"),
        correlation("itself", 1, &id(1)),
        correlation("one", 2, &id(3)),
        correlation("other", 3, &id(2)),
        filter("first", "second"),
        filter("second", "first"),
    ];
    let watched = watch(&rules.concat(), &evil());
    assert_eq!(
        watched.summary["refused"],
        json!({"cyclic-reference": 3, "dangling-reference": 2}),
        "{}",
        watched.ran.told
    );
    assert_eq!(watched.fired(), ["good at eve.json:2"]);
}

/// The text of YAML that doubles with each line stands for a billion values.
#[test]
fn aliases_that_multiply_are_refused() {
    let mut laughs =
        "title: laughs\nlogsource: {category: dns}\na: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, of) in
        [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("g", "f"), ("h", "g"), ("i", "h")]
    {
        laughs.extend([name, ": &", name, " [", &vec![format!("*{of}"); 10].join(", "), "]\n"]);
    }
    laughs += "detection:\n  s: {query: *i}\n  condition: s\n---\n";
    let watched = watch(&(laughs + &sigma("good", "*b")), &evil());
    assert_eq!(watched.summary["refused"], json!({"too-large": 1}), "{}", watched.ran.told);
    assert_eq!(watched.fired(), ["good at eve.json:2"]);
    let peak = watched.number("peak_rss_bytes") >> 20;
    assert!(peak < 128, "{peak} MiB");
}
