//! Both programs, and where everything lies.
//!
//! Start with [`Bench::open`], then [`Bench::vigie`] and [`Bench::mvt`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::measure::{Program, Ran};
use crate::provide;
use crate::run::{cargo, checked, root, say};

/// The sets of indicators that both programs are given.
const INDICATORS: [&str; 2] = ["phone-ioc/amnesty", "phone-ioc/mvt-indicators"];

/// The owner's consent to the check of made-up and published phones; of one day, so that outputs can be compared.
const CONSENT: &str = "owner = \"nobody: a made-up or published phone\"\npurpose = \"a benchmark\"\n\
    scope = \"all of it\"\nretention = \"until the next run\"\ndate = \"2026-05-30\"\n";

/// Where everything lies.
pub(super) struct Bench {
    /// The shared data.
    pub(super) data: PathBuf,
    /// The writer of backups.
    pub(super) writer: PathBuf,
    /// Made-up phones, kept between runs.
    pub(super) cases: PathBuf,
    /// What this run writes.
    pub(super) work: PathBuf,
    /// The result.
    pub(super) results: PathBuf,
    /// The files of indicators, unpacked, in a folder of their own.
    pub(super) indicators: PathBuf,
    /// Our program.
    pub(super) vigie: PathBuf,
    /// The Python that has MVT.
    pub(super) python: PathBuf,
}

/// A phone that was checked.
pub(super) struct Checked {
    /// How it went.
    pub(super) ran: Ran,
    /// What was written.
    pub(super) out: PathBuf,
}

/// How a phone is checked, beside the defaults.
#[derive(Clone, Copy, Default)]
pub(super) struct How<'h> {
    /// The password of the backup.
    pub(super) password: Option<&'h str>,
    /// The time zone of the machine.
    pub(super) zone: Option<&'h str>,
}

impl Bench {
    /// Provides all that is needed; none, and it is said, where the shared data or the peer are missing.
    pub(super) fn open() -> anyhow::Result<Option<Self>> {
        let beside = root().join("../shared/data");
        let data = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from);
        let writer = data.join("../tools/phone/gen_ios_backup.py");
        if !data.join("phone-artifacts").exists() || !writer.exists() {
            say(&format!("phone: skipped, for there is no shared data at {}", data.display()));
            return Ok(None);
        }
        let given = std::env::var_os("VIGIE_BENCH_MVT").map(|it| PathBuf::from(it).join("bin/python"));
        let Some(python) = given.map_or_else(provide::phone_peer, |it| Ok(Some(it)))? else {
            return Ok(None);
        };
        if provide::zstd()?.is_none() {
            return Ok(None);
        }
        let target = provide::target_folder();
        let folder = target.join("tmp");
        let bench = Self {
            data: data.canonicalize()?,
            writer: writer.canonicalize()?,
            cases: folder.join("bench-data/phone"),
            // Two runs do not disturb each other.
            work: folder.join(format!("bench-phone-{}", std::process::id())),
            results: folder.join("bench-phone-result"),
            indicators: folder.join("bench-data/phone/indicators"),
            vigie: binary(&target)?,
            python,
        };
        fs::create_dir_all(&bench.cases)?;
        fs::create_dir_all(&bench.results)?;
        remove(&bench.work)?;
        fs::create_dir_all(&bench.work)?;
        fs::write(bench.work.join("consent.toml"), CONSENT)?;
        bench.unpack_indicators()?;
        Ok(Some(bench))
    }

    /// What is compared, for the result.
    pub(super) fn describe(&self) -> anyhow::Result<Value> {
        let mut version = Command::new(&self.python);
        version.args(["-c", "import importlib.metadata as m; print(m.version('mvt'))"]);
        let version = String::from_utf8(version.output()?.stdout)?;
        let revision = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(root()).output()?;
        Ok(json!({
            "vigie": self.vigie.display().to_string(),
            "checkout": String::from_utf8(revision.stdout)?.trim(),
            "mvt": version.trim(),
            "indicator_files": self.indicator_files()?.len(),
            "processors": std::thread::available_parallelism()?.get(),
        }))
    }

    /// An empty folder for the outputs of a run.
    pub(super) fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.work.join(name);
        remove(&folder)?;
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// What the person types to check this evidence with Vigie.
    pub(super) fn vigie_words(&self, evidence: &Path, out: &Path, how: How<'_>) -> Vec<String> {
        let mut words = vec![shown(&self.vigie), "phone".to_owned(), "check".to_owned(), shown(evidence)];
        words.extend(["--indicators".to_owned(), shown(&self.indicators), "--out".to_owned(), shown(out)]);
        words.extend(["--consent".to_owned(), shown(&self.work.join("consent.toml"))]);
        words.extend(how.password.map(|_| "--password-stdin".to_owned()));
        words
    }

    /// Checks evidence with Vigie.
    pub(super) fn vigie(&self, name: &str, evidence: &Path, how: How<'_>) -> anyhow::Result<Checked> {
        let folder = self.folder(&format!("{name}-vigie"))?;
        let out = folder.join("out");
        let words = self.vigie_words(evidence, &out, how);
        let set = how.zone.map(|it| ("TZ", it.to_owned())).into_iter().collect();
        let program = Program { words, set, input: how.password.map(|it| format!("{it}\n")) };
        Ok(Checked { ran: program.run(&self.python, &folder)?, out })
    }

    /// Checks evidence with MVT, by the words of its command line, such as `mvt-ios check-backup`.
    pub(super) fn mvt(
        &self,
        name: &str,
        command: &str,
        evidence: &Path,
        how: How<'_>,
    ) -> anyhow::Result<Checked> {
        let folder = self.folder(&format!("{name}-mvt"))?;
        let out = folder.join("out");
        let mut rest = Vec::new();
        for file in self.indicator_files()? {
            rest.extend(["--iocs".to_owned(), shown(&file)]);
        }
        rest.extend(["--output".to_owned(), shown(&out), shown(evidence)]);
        let ran = self.mvt_program(command, rest, how)?.run(&self.python, &folder)?;
        Ok(Checked { ran, out })
    }

    /// MVT with the words of its command line and what follows them; it may ask no network.
    pub(super) fn mvt_program(
        &self,
        command: &str,
        rest: Vec<String>,
        how: How<'_>,
    ) -> anyhow::Result<Program> {
        let (program, command) = command.split_once(' ').context("a command of MVT has two words")?;
        let command = command.split(' ');
        let scripts = self.python.parent().context("Python lies in a folder")?;
        let mut words = vec![shown(&scripts.join(program))];
        words.extend(["--disable-update-check", "--disable-indicator-update-check"].map(str::to_owned));
        words.extend(command.map(str::to_owned));
        words.extend(rest);
        // A home of its own: no indicators or settings of the person who runs this.
        let home = shown(&self.work.join("home"));
        let mut set = vec![("MVT_NETWORK_ACCESS_ALLOWED", "false".to_owned())];
        // Its messages in one line each.
        set.push(("COLUMNS", "1000".to_owned()));
        set.extend(["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"].map(|it| (it, home.clone())));
        set.extend(how.zone.map(|it| ("TZ", it.to_owned())));
        for name in ["MVT_IOS_BACKUP_PASSWORD", "MVT_ANDROID_BACKUP_PASSWORD"] {
            set.extend(how.password.map(|it| (name, it.to_owned())));
        }
        Ok(Program { words, set, input: None })
    }

    /// The files of indicators, by name.
    pub(super) fn indicator_files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(&self.indicators)?.map(|it| Ok(it?.path())).collect::<std::io::Result<_>>()?;
        files.sort();
        Ok(files)
    }

    /// MVT reads no compressed files.
    fn unpack_indicators(&self) -> anyhow::Result<()> {
        remove(&self.indicators)?;
        fs::create_dir_all(&self.indicators)?;
        for set in INDICATORS {
            for file in files_in(&self.data.join(set))? {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let (name, packed) = name.strip_suffix(".zst").map_or((&*name, false), |it| (it, true));
                if Path::new(name).extension().is_none_or(|it| it != "stix2") {
                    continue;
                }
                let to = self.indicators.join(name);
                if packed { unpack(&file, &to)? } else { fs::write(to, fs::read(&file)?)? }
            }
        }
        if self.indicator_files()?.is_empty() {
            bail!("no file of indicators is in {}", self.data.display());
        }
        Ok(())
    }
}

/// Unpacks a `.zst`.
pub(super) fn unpack(file: &Path, to: &Path) -> anyhow::Result<()> {
    checked_quietly(Command::new("zstd").args(["-d", "-q", "-f", "-o"]).arg(to).arg(file))
}

/// Runs a command whose words need not be shown, and fails with what it wrote when it does.
pub(super) fn checked_quietly(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("could not start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// All files below a folder, by path.
pub(super) fn files_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        let listed = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in listed {
            let entry = entry?;
            if entry.file_type()?.is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    Ok(found)
}

/// Copies all files below a folder.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for file in files_in(from)? {
        place_file(&file, &to.join(file.strip_prefix(from)?))?;
    }
    Ok(())
}

/// Copies a file, and makes the folder that it is to lie in.
pub(super) fn place_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, fs::read(from)?).with_context(|| format!("cannot write {}", to.display()))
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The binary that `VIGIE_BENCH_BINARY` names, or a new one.
fn binary(target: &Path) -> anyhow::Result<PathBuf> {
    let given = std::env::var_os("VIGIE_BENCH_BINARY").map(PathBuf::from);
    if given.is_none() {
        cargo(&["build", "--release", "--locked", "--package", "vigie"])?;
    }
    let binary = given.unwrap_or_else(|| target.join("release/vigie"));
    checked(Command::new(&binary).arg("--version"))?;
    Ok(binary)
}
