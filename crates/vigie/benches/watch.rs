//! `vigie watch` over real logs and rules, beside a plain parse of the same lines; prints a table.
//!
//! `cargo bench -p vigie --bench watch`, or `-- NAME…` for some of the cases. The binary runs in a process of its own on
//! one thread, so that its own summary tells events and memory. The logs and rules are the shared data beside the
//! checkout (`VIGIE_SHARED_DATA` names another place); they are unpacked into `target/bench-data` once.
//! `VIGIE_BENCH_RSIGMA` names a `rsigma` binary (`cargo install rsigma --version 0.23.0 --locked --no-default-features
//! --features daemon,evtx`) that is run over the same Windows events with the same rules, routed by log source.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

/// How often each case runs; the median counts.
const RUNS: usize = 3;

/// Bytes that a log is repeated to, so that starting up weighs little.
const LOG_BYTES: u64 = 400 << 20;

/// What is watched with what.
struct Case {
    name: &'static str,
    arguments: Vec<String>,
    log: PathBuf,
    /// Whether the log is JSON, one record a line, so that a plain parse can be timed beside it.
    lines: bool,
}

fn main() -> Result<(), Failure> {
    let data = shared_data()?;
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-data");
    let asked: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    println!("| case | events | events/s | plain parse, events/s | ratio | load s | peak MB | matches |");
    println!("|---|---|---|---|---|---|---|---|");
    for case in cases(&data, &unpacked)? {
        if asked.is_empty() || asked.iter().any(|it| it == case.name) {
            measure(&case)?;
        }
    }
    Ok(())
}

fn shared_data() -> Result<PathBuf, Failure> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from);
    Ok(data.canonicalize().map_err(|it| format!("no shared data at `{}`: {it}", data.display()))?)
}

fn cases(data: &Path, unpacked: &Path) -> Result<Vec<Case>, Failure> {
    let eve = repeated(&eve_lines(data, unpacked)?)?;
    let windows = repeated(&windows_lines(data, unpacked)?)?;
    let rules = unpack(&data.join("sigma/rules.tar.zst"), &unpacked.join("sigma"))?;
    let evtx = one_evtx(&unpack(&data.join("evtx/attack-samples.tar.zst"), &unpacked.join("evtx"))?)?;
    let mut lists = Vec::new();
    for kind in ["cidr", "domains", "ipv4", "ipv6", "md5", "sha1", "sha256", "urls"] {
        let list = data.join(format!("ioc-load/{kind}.shared.tsv.zst"));
        lists.extend(["--indicators".to_owned(), list.display().to_string()]);
    }
    let sigma = || vec!["--rules".to_owned(), rules.display().to_string()];
    let both = || [sigma(), lists.clone()].concat();
    Ok(vec![
        Case { name: "eve-lists", arguments: lists.clone(), log: eve.clone(), lines: true },
        Case { name: "eve-sigma", arguments: sigma(), log: eve.clone(), lines: true },
        Case { name: "eve-all", arguments: both(), log: eve, lines: true },
        Case { name: "winlog-sigma", arguments: sigma(), log: windows.clone(), lines: true },
        Case { name: "winlog-all", arguments: both(), log: windows, lines: true },
        Case { name: "evtx-sigma", arguments: sigma(), log: evtx, lines: false },
    ])
}

/// Every EVE record of the shared data, in one file.
fn eve_lines(data: &Path, unpacked: &Path) -> Result<PathBuf, Failure> {
    let to = unpacked.join("eve.jsonl");
    together(&to, &files_in(&data.join("eve"))?, "jsonl.zst")
}

/// Every Windows event of the shared data, in one file.
fn windows_lines(data: &Path, unpacked: &Path) -> Result<PathBuf, Failure> {
    let folder = unpack(&data.join("winlog-json/otrf.tar.zst"), &unpacked.join("winlog"))?;
    let windows: Vec<PathBuf> =
        files_in(&folder)?.into_iter().filter(|it| it.to_string_lossy().contains("/windows/")).collect();
    together(&unpacked.join("winlog.jsonl"), &windows, "json")
}

/// Puts the lines of all files with this ending into one file.
fn together(to: &Path, files: &[PathBuf], ending: &str) -> Result<PathBuf, Failure> {
    if to.exists() {
        return Ok(to.to_owned());
    }
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    let part = to.with_extension("part");
    let mut out = File::create(&part)?;
    for file in files.iter().filter(|it| it.to_string_lossy().ends_with(ending)) {
        let bytes = fs::read(file)?;
        let bytes = if ending.ends_with("zst") { zstd::decode_all(&bytes[..])? } else { bytes };
        out.write_all(&bytes)?;
        if !bytes.ends_with(b"\n") {
            out.write_all(b"\n")?;
        }
    }
    fs::rename(part, to)?;
    Ok(to.to_owned())
}

/// The chunks of all Windows event logs in a folder, in one log, so many times over that it has [`LOG_BYTES`].
fn one_evtx(folder: &Path) -> Result<PathBuf, Failure> {
    const HEADER: usize = 4096;
    const CHUNK: usize = 65_536;
    let to = folder.with_extension("big.evtx");
    if to.exists() {
        return Ok(to);
    }
    let mut header = Vec::new();
    let mut chunks = Vec::new();
    for file in files_in(folder)?.iter().filter(|it| it.extension().is_some_and(|it| it == "evtx")) {
        let bytes = fs::read(file)?;
        let (first, rest) = bytes.split_at_checked(HEADER).ok_or("a log without a header")?;
        header = first.to_vec();
        chunks.extend(rest.chunks_exact(CHUNK).filter(|it| it.starts_with(b"ElfChnk")).flatten());
    }
    let times = LOG_BYTES.div_ceil(chunks.len().max(1) as u64);
    let count = u16::try_from(times * (chunks.len() / CHUNK) as u64)?;
    header.get_mut(42..44).ok_or("a log without a header")?.copy_from_slice(&count.to_le_bytes());
    let part = to.with_extension("part");
    let mut out = File::create(&part)?;
    out.write_all(&header)?;
    for _ in 0..times {
        out.write_all(&chunks)?;
    }
    fs::rename(part, &to)?;
    Ok(to)
}

/// The file, so many times over that it has [`LOG_BYTES`].
fn repeated(file: &Path) -> Result<PathBuf, Failure> {
    let to = file.with_extension("big.jsonl");
    if !to.exists() {
        let bytes = fs::read(file)?;
        let part = to.with_extension("part");
        let mut out = File::create(&part)?;
        for _ in 0..LOG_BYTES.div_ceil(bytes.len().max(1) as u64) {
            out.write_all(&bytes)?;
        }
        fs::rename(part, &to)?;
    }
    Ok(to)
}

/// Unpacks a `.tar.zst`, once.
fn unpack(archive: &Path, to: &Path) -> Result<PathBuf, Failure> {
    if to.exists() {
        return Ok(to.to_owned());
    }
    let part = to.with_extension("part");
    fs::create_dir_all(&part)?;
    let mut tar = Command::new("tar").args(["-x", "-C"]).arg(&part).stdin(Stdio::piped()).spawn()?;
    let mut input = tar.stdin.take().ok_or("tar takes no input")?;
    input.write_all(&zstd::decode_all(File::open(archive)?)?)?;
    drop(input);
    if !tar.wait()?.success() {
        return Err(format!("tar could not unpack `{}`", archive.display()).into());
    }
    fs::rename(part, to)?;
    Ok(to.to_owned())
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn measure(case: &Case) -> Result<(), Failure> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(watch(case)?);
    }
    let number = |summary: &Value, key: &str| summary[key].as_f64().unwrap_or_default();
    runs.sort_by(|a, b| number(a, "run_seconds").total_cmp(&number(b, "run_seconds")));
    let summary = runs.get(RUNS / 2).ok_or("no run")?;
    let events = number(summary, "events");
    let rate = events / number(summary, "run_seconds");
    let (plain, ratio) = if case.lines {
        let plain = events / plain_parse(&case.log)?;
        (format!("{plain:.0}"), format!("{:.2}", plain / rate))
    } else {
        ("–".to_owned(), "–".to_owned())
    };
    println!(
        "| {} | {events:.0} | {rate:.0} | {plain} | {ratio} | {:.2} | {:.0} | {} |",
        case.name,
        number(summary, "load_seconds"),
        number(summary, "peak_rss_bytes") / 1e6,
        summary["matches"]
    );
    match std::env::var_os("VIGIE_BENCH_RSIGMA") {
        Some(rsigma) if case.name != "eve-sigma" && case.name.ends_with("-sigma") => {
            peer(Path::new(&rsigma), case, rate, events)
        }
        _ => Ok(()),
    }
}

/// Runs the binary and gives its summary.
fn watch(case: &Case) -> Result<Value, Failure> {
    let summary = tempfile::NamedTempFile::new()?;
    let status = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["watch", "--threads", "1", "--summary"])
        .arg(summary.path())
        .args(&case.arguments)
        .arg(&case.log)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if !matches!(status.code(), Some(0 | 3)) {
        return Err(format!("{}: `vigie watch` ended with {status}", case.name).into());
    }
    Ok(serde_json::from_slice(&fs::read(summary.path())?)?)
}

/// Seconds that a fast JSON library takes to make a tree of each line.
fn plain_parse(log: &Path) -> Result<f64, Failure> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(log)?);
    let mut line = Vec::new();
    let began = Instant::now();
    while lines.read_until(b'\n', &mut line)? > 0 {
        std::hint::black_box(sonic_rs::from_slice::<sonic_rs::Value>(&line).is_ok());
        line.clear();
    }
    Ok(began.elapsed().as_secs_f64())
}

/// The peer over the same events, loading included in neither rate.
fn peer(rsigma: &Path, case: &Case, ours: f64, events: f64) -> Result<(), Failure> {
    let rules = case.arguments.last().ok_or("a case has rules")?;
    let matches = tempfile::NamedTempFile::new()?.into_temp_path();
    let seconds = |log: &Path| -> Result<f64, Failure> {
        let began = Instant::now();
        let status = Command::new(rsigma)
            .args(["engine", "eval", "--rules", rules, "--logsource-routing"])
            .args(["--event-logsource", "product=windows", "--event"])
            .arg(format!("@{}", log.display()))
            .stdout(File::create(&matches)?)
            .stderr(Stdio::null())
            .status()?;
        if status.success() { Ok(began.elapsed().as_secs_f64()) } else { Err("rsigma failed".into()) }
    };
    let empty = tempfile::NamedTempFile::new()?;
    let loading = seconds(empty.path())?;
    let took = seconds(&case.log)? - loading;
    let matches = BufReader::new(File::open(&matches)?).lines().count();
    println!(
        "| {} rsigma | {events:.0} | {:.0} | | ours is {:.1} × | {loading:.2} | | {matches} |",
        case.name,
        events / took,
        ours * took / events
    );
    Ok(())
}
