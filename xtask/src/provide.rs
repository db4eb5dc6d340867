//! What the tests and benchmarks need beyond the Rust toolchain: foreign clients from PyPI, programs from Debian.
//!
//! What is there already is used; what is not is installed, and said. Where it cannot be had, those that need it
//! say that they were skipped, unless `CI` is set: then it is an error.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::run::{checked, root, say};

/// The clients that tests drive the real binary with, pinned.
const REQUIREMENTS: &str = "crates/vigie/tests/oasis/requirements.txt";

/// The peer that the benchmark of phones runs, and what it stands on, pinned.
const PHONE_PEER: &str = "xtask/src/bench/phone/requirements.txt";

/// A Python with the clients of [`REQUIREMENTS`] installed.
pub(crate) fn python_clients() -> anyhow::Result<Option<PathBuf>> {
    python_with(REQUIREMENTS, "test-clients", "the foreign TAXII clients of the tests")
}

/// A Python with the peer of the benchmark of phones installed.
pub(crate) fn phone_peer() -> anyhow::Result<Option<PathBuf>> {
    python_with(PHONE_PEER, "phone-peer", "the peer of the benchmark of phones")
}

/// A Python environment in the target folder, with what a file of requirements names.
fn python_with(requirements: &str, folder: &str, what: &str) -> anyhow::Result<Option<PathBuf>> {
    let folder = target_folder().join(folder);
    let python = folder.join("bin/python");
    let wanted = std::fs::read_to_string(root().join(requirements))
        .with_context(|| format!("cannot read {requirements}"))?;
    let requirements = root().join(requirements);
    let stamp = folder.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|it| it == wanted) && python.exists() {
        return Ok(Some(python));
    }
    say(&format!("installing {what} into a Python environment of their own"));
    let made = make_environment(&folder).and_then(|()| {
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        checked(pip.arg(&requirements))
    });
    match made {
        Ok(()) => {
            std::fs::write(&stamp, wanted)?;
            Ok(Some(python))
        }
        Err(error) => missing(what, &error),
    }
}

fn make_environment(folder: &Path) -> anyhow::Result<()> {
    let make = || checked(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder));
    make().or_else(|_| {
        install(&["python3-venv"])?;
        make()
    })
}

/// A headless Chromium.
pub(crate) fn browser() -> anyhow::Result<Option<PathBuf>> {
    packaged("chromium", &["/usr/bin/chromium", "/usr/bin/chromium-browser"], "the tests of the pages")
}

/// Letters of all the languages of a phone's report: Latin, Arabic and Hebrew, in the smallest package that has them.
pub(crate) fn fonts() -> anyhow::Result<Option<PathBuf>> {
    let known = ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"];
    packaged("fonts-dejavu-core", &known, "the test of how a phone's report looks")
}

/// What shows the system calls of a program.
pub(crate) fn strace() -> anyhow::Result<Option<PathBuf>> {
    packaged("strace", &["/usr/bin/strace"], "the test of what a phone check does to the system")
}

/// What unpacks the shared data.
pub(crate) fn zstd() -> anyhow::Result<Option<PathBuf>> {
    packaged("zstd", &["/usr/bin/zstd"], "the benchmark of phones")
}

/// A file that lies at one of these places, or is installed with a package.
fn packaged(package: &str, known: &[&str], why: &str) -> anyhow::Result<Option<PathBuf>> {
    let found = || known.iter().map(PathBuf::from).find(|it| it.exists());
    if let Some(found) = found() {
        return Ok(Some(found));
    }
    say(&format!("installing Debian's {package} for {why}"));
    match install(&[package]) {
        Ok(()) => Ok(found()),
        Err(error) => missing(package, &error),
    }
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    let as_root = Command::new("id").arg("-u").output().is_ok_and(|it| it.stdout.starts_with(b"0"));
    let apt = || {
        let mut command = Command::new(if as_root { "apt-get" } else { "sudo" });
        if !as_root {
            command.args(["--non-interactive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    checked(apt().args(["update", "--quiet"]))?;
    checked(apt().args(["install", "--quiet", "--yes", "--no-install-recommends"]).args(packages))
}

fn missing(what: &str, why: &anyhow::Error) -> anyhow::Result<Option<PathBuf>> {
    if std::env::var_os("CI").is_some() {
        bail!("{what} could not be installed: {why:#}");
    }
    say(&format!("{what} could not be installed ({why:#}); what needs it will be skipped"));
    Ok(None)
}

/// Where cargo builds.
pub(crate) fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
