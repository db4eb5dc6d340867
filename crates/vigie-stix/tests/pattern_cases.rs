//! Patterns with observations in folders: `cases/pattern/<case>/{README.md,pattern.txt,observations.json,want}`.
//!
//! `want` holds the verdict under the standard and under the reference tool, and the proof. `BLESS=1` rewrites it.

use std::fmt::Write;
use std::path::Path;

use vigie_stix::json::{self, Value};
use vigie_stix::pattern::{Compiled, Observation, ParseOptions, Pattern, Proof, Semantics, edition_of};

fn case(path: &Path) -> datatest_stable::Result<()> {
    let text = std::fs::read_to_string(path)?;
    let observations = std::fs::read_to_string(path.with_file_name("observations.json"))?;
    let Value::Array(documents) = json::parse(&observations)? else {
        return Err("expected a list of documents".into());
    };
    let text = text.trim_end();
    let told = match prove(text, &documents, Semantics::default()) {
        Ok(None) => "no match\n".to_owned(),
        Ok(Some(proof)) => format!("match\n{}", told(&proof)?),
        Err(error) => format!("error: {error}\n"),
    };
    let verdict = match prove(text, &documents, Semantics::oasis_matcher()) {
        Ok(None) => "no match",
        Ok(Some(_)) => "match",
        Err(_) => "error",
    };
    let got = format!("standard: {told}reference tool: {verdict}\n");
    let want = path.with_file_name("want");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(want, got)?;
    } else {
        assert_eq!(got, std::fs::read_to_string(want)?, "{}", path.display());
    }
    Ok(())
}

fn prove(text: &str, documents: &[Value<'_>], semantics: Semantics) -> Result<Option<Proof>, String> {
    let options = ParseOptions { edition: edition_of(documents), ..ParseOptions::default() };
    let pattern = Pattern::parse_with(text, &options).map_err(|error| error.to_string())?;
    let observations = Observation::from_documents(documents).map_err(|error| error.to_string())?;
    let compiled = Compiled::new(&pattern, semantics).map_err(|error| error.to_string())?;
    compiled.prove(&observations).map_err(|error| error.to_string())
}

fn told(proof: &Proof) -> datatest_stable::Result<String> {
    let mut told = String::new();
    for binding in &proof.bindings {
        let (expression, observation) = (binding.expression, binding.observation);
        writeln!(
            told,
            "  expression {expression}: observation {observation} x{}, object {}",
            binding.times, binding.object
        )?;
        for matched in &binding.matched {
            match &matched.value {
                Some(value) => writeln!(told, "    {}: {}", matched.path, serde_json::to_string(value)?)?,
                None => writeln!(told, "    {}: absent", matched.path)?,
            }
        }
    }
    Ok(told)
}

datatest_stable::harness! { { test = case, root = "cases/pattern", pattern = r"/pattern\.txt$" } }
