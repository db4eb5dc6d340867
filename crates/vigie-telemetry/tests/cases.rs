//! Folders of input and what the reader must say about it: `cases/FORMAT/CASE/{README.md,input.*,want.events}`.
//!
//! A new case needs no Rust: make the folder, run with `BLESS=1`, and read what was written.

#[path = "support/told.rs"]
mod told;

use std::fs;
use std::path::Path;
use vigie_telemetry::{Limits, Options, Source};

datatest_stable::harness! {
    { test = case, root = "cases", pattern = r"/input\.[a-z.]+$" },
}

fn case(input: &Path) -> datatest_stable::Result<()> {
    // The cases of limits: `line 200` and the like in the README would go unseen, so they are small for all.
    let limits = Limits { max_line_bytes: 4096, max_depth: 16, max_observables: 64, ..Limits::default() };
    let folder = input.parent().ok_or("a case lies in a folder")?;
    let got = match Source::open(input, &Options { limits, ..Options::default() }) {
        Ok(source) => told::whole(source),
        Err(error) => format!("{error}\n").replace(&folder.display().to_string(), "…"),
    };
    let want = folder.join("want.events");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&want, &got)?;
    }
    let want = fs::read_to_string(&want)
        .map_err(|it| format!("{}: {it}; run with BLESS=1 and read the result", want.display()))?;
    if !folder.join("README.md").is_file() {
        return Err("a case says in its README.md why it exists".into());
    }
    if got == want { Ok(()) } else { Err(format!("got\n{got}\nwant\n{want}\nBLESS=1 rewrites it").into()) }
}
