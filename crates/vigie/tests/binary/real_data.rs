//! What producers publish goes in, by the command line and by TAXII, and comes back byte for byte.
//!
//! Every object is accounted for: it is there with its exact text, or the same JSON is there under its id and version,
//! or it was refused, by one of the rules that `docs/spec/real-data.md` explains.
//!
//! Of ATT&CK the smaller releases are taken; with `VIGIE_TEST_ALL_DATA` set, all.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::dataset;
use crate::node::{self, EVERYTHING, Home, OBJECTS};

/// Objects that one request brings.
const IN_ONE_REQUEST: usize = 2_000;

/// The rules by which something in these sets is refused; `docs/spec/real-data.md` says of each why.
const EXPLAINED: &[&str] = &[
    "another content is known under this id and version; this one was set aside for an analyst",
    "`…` was created by another identity than this version says; make a new object and relate it",
    "`…` was revoked and takes no later version; make a new object",
    "the property `…` is missing",
    "stix-2.9-id-format",
];

#[test]
fn the_examples_of_oasis() {
    check("stix-examples", |_| true);
}

#[test]
fn the_feeds_of_vendors() {
    check("stix-feeds", |_| true);
}

#[test]
fn the_releases_of_attack() {
    let all = std::env::var_os("VIGIE_TEST_ALL_DATA").is_some();
    check("attack", |name| all || name.contains("ics-attack") || name.contains("mobile-attack-13"));
}

/// The rule that a refusal names, or its words without what they quote.
fn rule(why: &str) -> String {
    if let Some((_, rule)) = why.rsplit_once(" (stix-") {
        return format!("stix-{}", rule.trim_end_matches(')'));
    }
    let parts = why.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 0 { part } else { "`…`" }).collect()
}

/// What `vigie intel import` told.
#[derive(Default)]
struct Import {
    added: usize,
    known: usize,
    /// By file and id.
    refused: HashSet<(String, String)>,
    /// Why objects were refused.
    rules: BTreeMap<String, usize>,
    /// Which rule was broken by objects that were taken.
    remarks: BTreeMap<String, usize>,
}

fn import(home: &Home, files: &[PathBuf]) -> Import {
    let mut arguments = vec!["intel", "import", "--data", home.data()];
    arguments.extend(files.iter().map(|it| it.to_str().unwrap()));
    let output = node::run(&arguments);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let (lines, last) = told.trim_end().rsplit_once('\n').unwrap_or(("", told.trim_end()));
    let counts: Vec<usize> = last.split([' ', ',']).filter_map(|it| it.parse().ok()).collect();
    let mut import = Import { added: counts[0], known: counts[1], ..Import::default() };
    for line in lines.lines() {
        if let Some((_, why)) = line.split_once(" taken as it is: ") {
            *import.remarks.entry(rule(why)).or_default() += 1;
            continue;
        }
        let (what, why) = line.split_once(" refused: ").unwrap();
        let (file, id) = what.split_once(": ").unwrap();
        import.refused.insert((file.to_owned(), id.to_owned()));
        *import.rules.entry(rule(why)).or_default() += 1;
    }
    assert_eq!(counts.last(), Some(&import.rules.values().sum::<usize>()), "{last}");
    import
}

/// What makes two texts the same version of an object.
fn identity(text: &str) -> (Value, Value, Value) {
    let value: Value = serde_json::from_str(text).unwrap();
    let said = |key: &str| value[key].clone();
    (
        said("id"),
        if value["modified"].is_null() { said("created") } else { said("modified") },
        said("spec_version"),
    )
}

#[track_caller]
fn check(name: &str, wanted: impl Fn(&str) -> bool) {
    let Some(from) = dataset::set(name) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut files = dataset::unpack(&from, &folder.path().join("files"));
    files.retain(|it| wanted(it.to_str().unwrap()));
    let texts = |file: &Path| dataset::texts_of(file.to_str().unwrap(), &std::fs::read(file).unwrap());
    let inputs: Vec<Vec<String>> = files.iter().map(|it| texts(it)).collect();
    let objects = inputs.iter().map(Vec::len).sum::<usize>();
    assert!(objects > 1_000, "{name}: {objects}");

    let home = Home::new(&folder.path().join("imported"));
    let import = import(&home, &files);
    let bundle = node::run(&["intel", "export", "--data", home.data()]).stdout;
    let exported = dataset::texts_of("export", &bundle);
    assert_eq!(exported.len(), import.added, "{name}");
    let refused = import.rules.values().sum::<usize>();
    assert_eq!(import.added + import.known + refused, objects, "{name}");
    account(&import, &files, &inputs, &exported);

    let (mut served, mut exported) =
        (by_taxii(&folder.path().join("posted"), &inputs, (import.added + import.known, refused)), exported);
    // What comes in another request than the marking that it waits for is dated anew when that arrives.
    served.sort();
    exported.sort();
    assert_eq!(served.len(), exported.len(), "{name}");
    for (one, other) in served.iter().zip(&exported) {
        assert_eq!(one, other, "{name}");
    }
    println!(
        "{name}: {} files, {objects} objects, {} added, {} known, {refused} refused",
        files.len(),
        import.added,
        import.known
    );
    for (rule, number) in &import.rules {
        println!("{number:6} refused: {rule}");
        assert!(
            EXPLAINED.contains(&rule.as_str()),
            "{name}: docs/spec/real-data.md does not explain `{rule}`"
        );
    }
    for (rule, number) in &import.remarks {
        println!("{number:6} taken as it is: {rule}");
    }
}

/// Every object is there, or its equal is, or it was refused.
#[track_caller]
fn account(import: &Import, files: &[PathBuf], inputs: &[Vec<String>], exported: &[String]) {
    let brought: HashSet<&str> = inputs.iter().flatten().map(String::as_str).collect();
    let there: HashSet<&str> = exported.iter().map(String::as_str).collect();
    assert!(there.is_subset(&brought), "something was written anew");
    let equals: HashMap<_, &str> = exported.iter().map(|it| (identity(it), it.as_str())).collect();
    for (file, texts) in files.iter().zip(inputs) {
        for (place, text) in texts.iter().enumerate().filter(|(_, it)| !there.contains(it.as_str())) {
            let said: Value = serde_json::from_str(text).unwrap();
            let id = said["id"].as_str().map_or_else(|| format!("objects[{place}]"), str::to_owned);
            if import.refused.contains(&(file.to_str().unwrap().to_owned(), id)) {
                continue;
            }
            let equal = equals.get(&identity(text)).map(|it| serde_json::from_str::<Value>(it).unwrap());
            assert_eq!(equal.as_ref(), Some(&said), "lost from {}: {text}", file.display());
        }
    }
}

/// Adds everything over TAXII and reads it back in two sizes of page.
#[track_caller]
fn by_taxii(folder: &Path, inputs: &[Vec<String>], want: (usize, usize)) -> Vec<String> {
    let home = Home::new(folder);
    let node = home.serve();
    let mut got = (0, 0);
    for texts in inputs.iter().flat_map(|it| it.chunks(IN_ONE_REQUEST)) {
        let answer = node.client.post(&format!("{{\"objects\":[{}]}}", texts.join(",")));
        assert_eq!(answer.status, 202, "{}", answer.text());
        let status = answer.json();
        let count = |key: &str| usize::try_from(status[key].as_u64().unwrap()).unwrap();
        got = (got.0 + count("success_count"), got.1 + count("failure_count"));
    }
    assert_eq!(got, want, "the same objects are refused over TAXII");
    let served = node.client.everything(937);
    let manifest =
        node.client.get(&format!("{}?{EVERYTHING}&limit=10000", OBJECTS.replace("objects", "manifest")));
    let rows = manifest.json()["objects"].as_array().unwrap().clone();
    assert_eq!(rows.len(), served.len().min(10_000));
    for (row, text) in rows.iter().zip(&served) {
        let (id, version, _) = identity(text);
        assert_eq!(row["id"], id);
        // What has no version of its own is named by when it was added.
        assert!(version.is_null() || row["version"] == version, "{row} {text}");
    }
    let ids: BTreeSet<String> = served.iter().map(|it| identity(it).0.to_string()).collect();
    println!("{} versions of {} objects over TAXII; peak {} MiB", served.len(), ids.len(), node.peak_mib());
    served
}
