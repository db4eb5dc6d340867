//! `cargo xtask bench`: the benchmarks whose figures stand in docs/performance.md.

mod phone;

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

/// The one that runs programs beside each other instead of a target of a crate; `phone/PART` is one part of it.
const PHONE: &str = "phone";

/// Runs the named benchmarks, or all.
pub(crate) fn run(names: &[String]) -> anyhow::Result<()> {
    let part = |name: &str| name.strip_prefix(PHONE).and_then(|it| it.strip_prefix('/')).map(str::to_owned);
    for name in names {
        let known = BENCHES.iter().any(|(it, ..)| it == name) || name == PHONE;
        if !known && !part(name).is_some_and(|it| phone::has_part(&it)) {
            bail!("no benchmark is called `{name}`; `phone` has the parts {}", phone::parts().join(", "));
        }
    }
    for (name, what, package, target) in BENCHES {
        if names.is_empty() || names.iter().any(|it| it == name) {
            run::say(&format!("{name}: {what}"));
            run::cargo(&["bench", "--package", package, "--bench", target])?;
        }
    }
    let parts: Vec<String> = names.iter().filter_map(|it| part(it)).collect();
    if names.is_empty() || !parts.is_empty() || names.iter().any(|it| it == PHONE) {
        run::say("phone: `vigie phone check` beside MVT on the same phones");
        let all = names.is_empty() || names.iter().any(|it| it == PHONE);
        phone::run(if all { &[] } else { &parts })?;
    }
    Ok(())
}
