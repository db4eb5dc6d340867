//! The OASIS client of TAXII 2.1 drives the real binary.
//!
//! `oasis/drive_node.py` holds the checks. `cargo xtask test` installs the client (`oasis/requirements.txt`) and names its
//! Python in `VIGIE_TEST_PYTHON`; where that is missing the test says that it was skipped, and fails if `CI` is set.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oasis/drive_node.py");

/// Runs a command of the binary and gives its output.
fn vigie(arguments: &[&str], data: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    let run = command.args(arguments).arg("--data").arg(data).output().unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(run.stdout).unwrap().trim().to_owned()
}

/// A node that is stopped when the test ends, however it ends.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--plain-http", "--data"]).arg(data);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut told = String::new();
        let ready = lines.find_map(|line| {
            told += &line;
            told.push('\n');
            line.strip_prefix("listening on ").map(str::to_owned)
        });
        // Somebody must read on, or the node would wait for it.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(url) = ready else {
            // It ended before it was ready.
            panic!("the node did not start ({:?}):\n{told}", child.wait());
        };
        let url = if url.ends_with('/') { url } else { url + "/" };
        Self { child, url }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself, which the checks have shown by then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_oasis_client_gets_along() {
    let Some(python) = std::env::var_os("VIGIE_TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "VIGIE_TEST_PYTHON is not set; run `cargo xtask test`");
        eprintln!("skipped: VIGIE_TEST_PYTHON is not set; `cargo xtask test` installs the OASIS client and sets it");
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
    let node = Serving::start(data);
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
