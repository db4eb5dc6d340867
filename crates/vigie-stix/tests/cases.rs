//! Every folder in `cases/bundle` and `cases/invalid`: what is found in `input.json` is what `want.findings` says, one
//! finding a line. `BLESS=1` rewrites it.

use std::fmt::Write as _;
use std::path::Path;

use vigie_stix::bundle::Limits;
use vigie_stix::validate::validate_bundle;

fn case(path: &Path) -> datatest_stable::Result<()> {
    let input = std::fs::read_to_string(path)?;
    let mut got = String::new();
    match validate_bundle(&input, Limits::default()) {
        Ok(findings) => findings.iter().try_for_each(|it| writeln!(got, "{it}"))?,
        Err(error) => writeln!(got, "refused: {error}")?,
    }
    let want = path.with_file_name("want.findings");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&want, &got)?;
    }
    let want = std::fs::read_to_string(want)?;
    if got == want { Ok(()) } else { Err(format!("found\n{got}\nbut wanted\n{want}").into()) }
}

datatest_stable::harness! {
    { test = case, root = "cases/bundle", pattern = r"/input\.json$" },
    { test = case, root = "cases/invalid", pattern = r"/input\.json$" },
}
