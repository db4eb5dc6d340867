//! `cargo xtask bench`: the benchmarks whose figures stand in docs/performance.md.

use anyhow::bail;

use crate::run;

/// A name, what it measures, and the crate and target that measure it.
const BENCHES: [(&str, &str, &str, &str); 0] = [];

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
