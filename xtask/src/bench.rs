//! `cargo xtask bench`: the benchmarks whose figures stand in docs/performance.md.

use anyhow::bail;

use crate::run;

/// A name, what it measures, and the crate and target that measure it.
const BENCHES: [(&str, &str, &str, &str); 11] = [
    ("validate", "parsing and validating STIX, against the plain parse", "vigie-stix", "validate"),
    ("pattern", "parsing and evaluating patterns", "vigie-stix", "pattern"),
    ("clearance", "deciding a thousand labels for a viewer", "vigie-policy", "clearance"),
    ("read", "reading logs, against the plain parse of the same lines", "vigie-telemetry", "read"),
    ("matches", "loading rules and matching events", "vigie-engine", "matches"),
    ("windows", "rules over several events", "vigie-engine", "windows"),
    ("sigma", "Sigma rules over events, against the peer with the same rules", "vigie-engine", "sigma"),
    ("store", "adding and paging a million objects in the store alone", "vigie-store", "store"),
    ("taxii", "adding and polling a million objects over TAXII", "vigie", "taxii"),
    ("watch", "the whole of `vigie watch` over real logs, against a plain parse", "vigie", "watch"),
    ("replay", "what a node holds in memory that follows mixed logs, once a minute", "vigie", "replay"),
];

/// Runs the named benchmarks, or all.
pub(crate) fn run(names: &[String]) -> anyhow::Result<()> {
    for name in names {
        if !BENCHES.iter().any(|(it, ..)| it == name) {
            bail!("no benchmark is called `{name}`");
        }
    }
    for (name, what, package, target) in BENCHES {
        if names.is_empty() || names.iter().any(|it| it == name) {
            run::say(&format!("{name}: {what}"));
            run::cargo(&["bench", "--package", package, "--bench", target])?;
        }
    }
    Ok(())
}
