//! A folder of rules and logs written for one test, and what the commands say of it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder in which commands run, so that names in what they print are short.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What a command came to.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    /// What it wrote to standard error.
    pub(crate) told: String,
}

/// What `vigie watch` came to.
pub(crate) struct Watched {
    pub(crate) ran: Ran,
    /// The lines of standard output.
    pub(crate) lines: Vec<Value>,
    /// What `--summary` wrote; null if the watch could not run.
    pub(crate) summary: Value,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With these files in it.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let desk = Self::new();
        for (name, text) in files {
            desk.write(name, text);
        }
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders that it lies in.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).stdin(Stdio::null()).output().unwrap().into()
    }

    /// Runs `vigie watch` with these arguments.
    pub(crate) fn watch(&self, arguments: &[&str]) -> Watched {
        self.watch_input(arguments, b"")
    }

    /// The same with something on standard input.
    pub(crate) fn watch_input(&self, arguments: &[&str], input: &[u8]) -> Watched {
        let mut command = self.command(&["watch", "--summary", "summary.told"]);
        let command =
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut to = child.stdin.take().unwrap();
        let ran: Ran = std::thread::scope(|scope| {
            // A watch that could not run reads nothing.
            scope.spawn(move || to.write_all(input));
            child.wait_with_output().unwrap().into()
        });
        let lines = ran.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        let told = self.path("summary.told");
        let summary = fs::read(&told).map_or(Value::Null, |it| serde_json::from_slice(&it).unwrap());
        // The next watch shall not be taken for this one.
        let _ = fs::remove_file(told);
        Watched { ran, lines, summary }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("VIGIE_DATA");
        command
    }
}

impl AsRef<Path> for Desk {
    fn as_ref(&self) -> &Path {
        self.folder.path()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            told: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// It ended with this status, and these texts stand in its output, in this order.
    #[track_caller]
    pub(crate) fn check(&self, status: i32, out: &[&str], told: &[&str]) {
        assert_eq!(self.status, status, "{}\n{}", self.out, self.told);
        for (name, text, parts) in [("output", &self.out, out), ("error", &self.told, told)] {
            let mut rest = text.as_str();
            for part in parts {
                let at = rest.find(part);
                assert!(at.is_some(), "standard {name} lacks `{part}` here:\n{text}");
                rest = &rest[at.unwrap() + part.len()..];
            }
        }
    }
}

impl Watched {
    /// The rules that fired, each with the file and line where, sorted.
    pub(crate) fn fired(&self) -> Vec<String> {
        let mut fired: Vec<String> = self.lines.iter().map(fired).collect();
        fired.sort();
        fired
    }

    /// A number of the summary, such as `skipped` or `rules/refused`.
    #[track_caller]
    pub(crate) fn number(&self, name: &str) -> u64 {
        let value = self.summary.pointer(&format!("/{name}"));
        value.map_or(0, |it| it.as_u64().unwrap_or_else(|| panic!("`{name}` is no number: {}", self.summary)))
    }

    /// What was said of logs that could not be read.
    pub(crate) fn problems(&self) -> Vec<&str> {
        self.summary["problems"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect()
    }
}

/// `NAME at FILE:LINE` of a match.
fn fired(line: &Value) -> String {
    let (rule, place) = (&line["rule"]["name"], &line["source"]);
    format!("{} at {}:{}", rule.as_str().unwrap(), place["file"].as_str().unwrap(), place["line"])
}
