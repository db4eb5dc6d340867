//! Running a program, with its time and memory measured.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::json;
use crate::run::root;

/// What runs a program and asks the kernel what it used.
const MEASURE: &str = "xtask/src/bench/phone/measure.py";

/// A program that was run.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    /// Seconds from its start to its end.
    pub(super) wall: f64,
    /// Seconds of processor time, of all its processes.
    pub(super) cpu: f64,
    /// The most memory that it held at one time, in bytes.
    pub(super) peak: u64,
    /// Its exit status; negative if a signal ended it.
    pub(super) status: i64,
    /// What it wrote to standard output and standard error.
    pub(super) log: String,
}

/// A program to run.
pub(super) struct Program {
    /// The program and its arguments.
    pub(super) words: Vec<String>,
    /// Variables that are set for it.
    pub(super) set: Vec<(&'static str, String)>,
    /// What it reads from standard input.
    pub(super) input: Option<String>,
}

impl Program {
    /// Runs it; what it writes is kept in a file of this folder.
    pub(super) fn run(&self, python: &Path, folder: &Path) -> anyhow::Result<Ran> {
        let (result, log) = (folder.join("measured.json"), folder.join("log.txt"));
        let written = File::create(&log)?;
        let mut command = Command::new(python);
        command.args(["-I", "-S"]).arg(root().join(MEASURE)).arg(&result).args(&self.words);
        for name in ["VIGIE_DATA", "MVT_IOS_BACKUP_PASSWORD", "MVT_ANDROID_BACKUP_PASSWORD", "TZ"] {
            command.env_remove(name);
        }
        command.envs(self.set.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::piped()).stdout(written.try_clone()?).stderr(written);
        let mut child = command.spawn().with_context(|| format!("could not start {command:?}"))?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), &self.input) {
            stdin.write_all(input.as_bytes())?;
        }
        if !child.wait()?.success() {
            bail!("{command:?} could not be measured:\n{}", text(&log));
        }
        let measured = json::document(&result)?;
        let number = |name: &str| measured.get(name).and_then(Value::as_f64).unwrap_or_default();
        Ok(Ran {
            wall: number("wall_seconds"),
            cpu: number("cpu_seconds"),
            peak: measured.get("peak_bytes").and_then(Value::as_u64).unwrap_or_default(),
            status: measured.get("status").and_then(Value::as_i64).context("no status was measured")?,
            log: text(&log),
        })
    }
}

/// A file's text, whatever bytes it has.
fn text(file: &PathBuf) -> String {
    String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).into_owned()
}
