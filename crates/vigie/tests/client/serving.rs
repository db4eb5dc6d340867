//! A node of the real binary.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs a command of the binary and gives its output.
pub(super) fn vigie(arguments: &[&str], data: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    let run = command.args(arguments).arg("--data").arg(data).output().unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(run.stdout).unwrap().trim().to_owned()
}

/// A node that is stopped when the test ends, however it ends.
pub(super) struct Serving {
    child: Child,
    /// Ends in `/`.
    pub(super) url: String,
}

impl Serving {
    pub(super) fn start(data: &Path, how: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(how).arg("--data").arg(data);
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
