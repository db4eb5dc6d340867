//! Who may do what with which label, and why, as a table to read: `matrix.txt`. `BLESS=1` rewrites it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use vigie_policy::{Action, Policy};

use crate::accord::{NOW, label, viewer};

/// MA brought everything in.
const VIEWERS: &[&str] = &[
    "MA",
    "IL",
    "US",
    "AE group:hydra",
    "IL research",
    "MA client",
    "IL client",
    "IL public",
    "IL suspended",
    "MA suspended",
    "US left",
];

const LABELS: &[&str] = &[
    "clear",
    "green",
    "amber",
    "amber+strict",
    "red",
    "unmarked",
    "clear REL IL",
    "green REL IL,US NOT US",
    "amber REL CERT-IL",
    "amber+strict REL IL,hydra",
    "amber+strict REL IL,US REL IL,AE",
    "amber+strict REL nobody",
    "red REL CERT-IL,hydra",
    "green FOR research",
    "green FOR nothing",
    "clear UNTIL 1000",
    "clear UNTIL 1001",
];

#[test]
fn matrix() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix.txt");
    let got = print(&Policy::new().unwrap());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &got).unwrap();
    }
    let want = std::fs::read_to_string(&file).unwrap();
    assert!(got == want, "the matrix has changed; see the difference with `BLESS=1 cargo test`:\n{got}");
}

fn print(policy: &Policy) -> String {
    let mut out = String::from(
        "Who may do what with what MA brought in, at the instant 1000.\n\
         C contribute, V view, D detect, S share.\n\n",
    );
    let wide = LABELS.iter().map(|it| it.len()).max().unwrap();
    row(&mut out, wide, "", str::to_owned);
    for name in LABELS {
        row(&mut out, wide, name, |viewer| rights(policy, viewer, name));
    }
    out.push_str("\nAnd why.\n");
    for name in LABELS {
        explain(policy, name, &mut out);
    }
    out
}

fn row(out: &mut String, wide: usize, head: &str, cell: impl Fn(&str) -> String) {
    write!(out, "{head:wide$}").unwrap();
    for viewer in VIEWERS {
        let width = viewer.len().max(4);
        write!(out, " | {:width$}", cell(viewer)).unwrap();
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
}

/// One letter for each action: `CVD-`.
fn rights(policy: &Policy, who: &str, what: &str) -> String {
    let letter = |action: Action| {
        let may = policy.decide(&viewer(who), &label(what), action, NOW).is_release();
        if may { action.as_str().chars().next().unwrap() } else { '-' }
    };
    let rights: String = Action::ALL.into_iter().map(letter).collect();
    if rights.contains(|it| it != '-') { rights } else { String::new() }
}

/// Every distinct answer about a label, with those who get it.
fn explain(policy: &Policy, what: &str, out: &mut String) {
    let mut answers: BTreeMap<String, BTreeMap<Vec<&str>, Vec<&str>>> = BTreeMap::new();
    for who in VIEWERS {
        let mut own: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for action in [Action::View, Action::Detect, Action::Share] {
            let answer = policy.decide(&viewer(who), &label(what), action, NOW).to_string();
            own.entry(answer).or_default().push(action.as_str());
        }
        for (answer, actions) in own {
            answers.entry(answer).or_default().entry(actions).or_default().push(who);
        }
    }
    writeln!(out, "\n{what}").unwrap();
    for (answer, groups) in answers {
        writeln!(out, "  {answer}").unwrap();
        for (actions, who) in groups {
            writeln!(out, "    {}: {}", actions.join(", "), who.join(", ")).unwrap();
        }
    }
}
