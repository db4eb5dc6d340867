//! `cargo xtask tidy`: what a stranger relies on when looking for something.
//!
//! Each check is one function over the files that git knows; all findings are printed before it fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::run::{root, say};

/// Lines of a Rust file from which it must be split.
const TOO_LONG: usize = 800;

/// Names that say nothing about what is inside.
const SAYS_NOTHING: [&str; 9] =
    ["common", "core", "helper", "helpers", "misc", "shared", "util", "utils", "mod"];

/// Marks of work that is not done, or of a test that never runs. Split so that this file does not hold them.
const UNFINISHED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("#[ig", "nore"),
    concat!("#[al", "low("),
];

/// Other spellings of our words, and ours.
const SPELLINGS: [(&str, &str); 5] = [
    ("organization", "organisation"),
    ("defense", "defence"),
    ("artifact_", "artefact_"),
    ("normalize", "normalise"),
    ("whitelist", "warning list"),
];

/// Which crate may use which of ours: `from -> to to …`, compared with what cargo says.
const ARROWS: &str = include_str!("../arrows.txt");

/// Runs every check.
pub(crate) fn run() -> anyhow::Result<()> {
    let files = tracked_files()?;
    let mut findings = Vec::new();
    for file in files.iter().filter(|it| Path::new(it).extension().is_some_and(|it| it == "rs")) {
        let text =
            std::fs::read_to_string(root().join(file)).with_context(|| format!("cannot read {file}"))?;
        check_text(file, &text, &mut findings);
    }
    check_names(&files, &mut findings);
    check_nouns(&files, &mut findings);
    check_arrows(&mut findings)?;
    for finding in &findings {
        say(finding);
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    say(&format!("{} files are tidy", files.len()));
    Ok(())
}

fn tracked_files() -> anyhow::Result<Vec<String>> {
    let listed = Command::new("git").args(["ls-files"]).current_dir(root()).output()?;
    let files = String::from_utf8(listed.stdout)?;
    Ok(files.lines().filter(|it| root().join(it).exists()).map(str::to_owned).collect())
}

fn check_text(file: &str, text: &str, findings: &mut Vec<String>) {
    if !text.starts_with("//!") {
        findings.push(format!("{file}: does not start by saying what it is for (`//!`)"));
    }
    let lines = text.lines().count();
    if lines > TOO_LONG {
        findings.push(format!("{file}: {lines} lines; split it before {TOO_LONG}"));
    }
    for mark in UNFINISHED {
        if text.contains(mark) {
            findings.push(format!("{file}: holds `{mark}`"));
        }
    }
    let reads_clock = ["SystemTime::now", "Timestamp::now"].iter().any(|it| text.contains(it));
    let may_read_clock = [
        "/tests/",
        "/benches/",
        "xtask/",
        "vigie-app/src/clock.rs",
        "vigie-exchange/src/transport/",
        "crates/vigie/src/",
    ];
    if reads_clock && !may_read_clock.iter().any(|it| file.contains(it)) {
        findings.push(format!("{file}: reads the clock; time is an argument"));
    }
    let anyhow_here = ["crates/vigie/src/cli", "crates/vigie/src/main.rs", "xtask/", "/tests/", "/benches/"];
    if text.contains("anyhow::") && !anyhow_here.iter().any(|it| file.contains(it)) {
        findings.push(format!("{file}: uses anyhow, which is for the command line only"));
    }
    if !file.starts_with("xtask/") {
        let lower = text.to_lowercase();
        for (wrong, right) in SPELLINGS {
            // The words of other people's formats are kept as they are.
            let quoted = |line: &str| line.contains('"') || line.contains('`') || line.contains('\'');
            if lower.lines().any(|line| line.contains(wrong) && !quoted(line)) {
                findings.push(format!("{file}: `{wrong}`; we write `{right}`"));
            }
        }
    }
}

fn check_names(files: &[String], findings: &mut Vec<String>) {
    for file in files.iter().filter(|it| it.starts_with("crates/") || it.starts_with("xtask/")) {
        let path = Path::new(file);
        let parts = path.iter().filter_map(|it| Path::new(it).file_stem()?.to_str());
        for part in parts.filter(|it| SAYS_NOTHING.contains(it)) {
            findings.push(format!("{file}: the name `{part}` says nothing"));
        }
    }
}

/// A noun of the model is singular in every layer.
fn check_nouns(files: &[String], findings: &mut Vec<String>) {
    let model = "crates/vigie-model/src/";
    let nouns: BTreeSet<&str> = files
        .iter()
        .filter_map(|it| it.strip_prefix(model)?.strip_suffix(".rs"))
        .filter(|it| *it != "lib" && !it.contains('/'))
        .collect();
    for file in files.iter().filter(|it| it.starts_with("crates/")) {
        let stem = Path::new(file).file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        let singular = stem
            .strip_suffix("ies")
            .map(|it| format!("{it}y"))
            .or_else(|| stem.strip_suffix('s').map(str::to_owned));
        // TAXII's own resource is called `collections`.
        if singular.is_some_and(|it| nouns.contains(it.as_str())) && !file.contains("taxii") {
            findings.push(format!("{file}: a noun's file is singular in every layer"));
        }
    }
}

fn check_arrows(findings: &mut Vec<String>) -> anyhow::Result<()> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    let ours: BTreeSet<String> = metadata.packages.iter().map(|it| it.name.to_string()).collect();
    let mut real: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &metadata.packages {
        let arrows = real.entry(package.name.to_string()).or_default();
        for dependency in &package.dependencies {
            if dependency.kind == DependencyKind::Normal && ours.contains(&dependency.name) {
                arrows.insert(dependency.name.clone());
            }
        }
    }
    let allowed: BTreeMap<String, BTreeSet<String>> = ARROWS
        .lines()
        .filter_map(|it| it.split_once("->"))
        .map(|(from, to)| (from.trim().to_owned(), to.split_whitespace().map(str::to_owned).collect()))
        .collect();
    for (from, to) in &real {
        match allowed.get(from) {
            None => findings.push(format!("crate {from} is not in xtask/arrows.txt")),
            Some(allowed) => {
                for arrow in to.difference(allowed) {
                    findings.push(format!("crate {from} may not use {arrow} (xtask/arrows.txt)"));
                }
                for arrow in allowed.difference(to) {
                    findings.push(format!("xtask/arrows.txt allows {from} -> {arrow}, which nothing needs"));
                }
            }
        }
    }
    for gone in allowed.keys().filter(|it| !real.contains_key(*it)) {
        findings.push(format!("xtask/arrows.txt names {gone}, which is no crate"));
    }
    Ok(())
}
