//! The OASIS client of TAXII 2.1 drives the real binary.
//!
//! `oasis/drive_node.py` holds the checks. `cargo xtask test` installs the client (`oasis/requirements.txt`) and names its
//! Python in `VIGIE_TEST_PYTHON`; where that is missing the test says that it was skipped, and fails if `CI` is set.

use std::io::Write;
use std::process::Command;

use super::serving::{Serving, vigie};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oasis/drive_node.py");

#[test]
fn the_oasis_client_gets_along() {
    let Some(python) = std::env::var_os("VIGIE_TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "VIGIE_TEST_PYTHON is not set; run `cargo xtask test`");
        // Past the harness, which keeps what tests print to itself while they pass.
        let why = "`cargo xtask test` installs the OASIS client and sets VIGIE_TEST_PYTHON";
        writeln!(std::io::stderr(), "skipped: {why}").unwrap();
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = &folder.path().join("node");
    vigie(&["init", "--nation", "MA", "--name", "CERT of the test"], data);
    let collection = vigie(&["collection", "add", "--title", "Shelf of the test"], data);
    let token = |name: &str, rights: &[&str]| {
        let rights = rights.iter().flat_map(|it| [*it, collection.as_str()]);
        vigie(&["token", "add", "--name", name].into_iter().chain(rights).collect::<Vec<_>>(), data)
    };
    let node = Serving::start(data, &["--plain-http"]);
    let run = Command::new(python)
        .arg(SCRIPT)
        .env("NO_PROXY", "127.0.0.1")
        .env("VIGIE_URL", &node.url)
        .env("VIGIE_COLLECTION", &collection)
        .env("VIGIE_WRITER", token("writer", &["--read", "--write"]))
        .env("VIGIE_READER", token("reader", &["--read"]))
        .env("VIGIE_ADDER", token("adder", &["--write"]))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    println!("{told}");
    assert!(run.status.success(), "{told}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(told.contains("checks, 0 failed"), "{told}");
}
