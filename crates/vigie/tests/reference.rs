//! `docs/commands.md` says what the program takes.

use std::path::Path;

#[test]
fn the_command_reference_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    let want = vigie::cli::reference();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &want).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == want, "docs/commands.md is out of date; run this test with BLESS=1 to write it anew");
}
