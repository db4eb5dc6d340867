//! Mixed logs, as fast as asked, into a node that follows them with every rule of the shared data and with rules over
//! several events that every record is a part of; prints what it holds in memory, once a minute.
//!
//! `cargo bench -p vigie --bench replay -- MINUTES` (1 unless told), after `--bench watch` has unpacked the logs.
//! `VIGIE_REPLAY_RATE` is how many records of each log are written in a second (1,000).

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

/// Rules of ours that remember: every record is a part of one.
const CORRELATIONS: &str = "title: an event of Windows
name: any_windows
logsource: {product: windows}
detection: {any: {EventID|exists: true}, condition: any}
---
title: many kinds of events on one host
correlation: {type: value_count, rules: [any_windows], group-by: [Hostname], timespan: 1h, condition: {field: EventID, gte: 5000}}
---
title: many events of one process
correlation: {type: event_count, rules: [any_windows], group-by: [Image], timespan: 1h, condition: {gte: 1000000}}
---
title: a request to the web server
name: any_request
logsource: {category: webserver}
detection: {any: {cs-method|exists: true}, condition: any}
---
title: bytes sent to one address
correlation: {type: value_sum, rules: [any_request], group-by: [c-ip], timespan: 1h, condition: {field: sc-bytes, gte: 1000000000000}}
---
title: a request, then an event
correlation: {type: temporal_ordered, rules: [any_request, any_windows], group-by: [c-ip], timespan: 10m}
";

/// A pattern that every connection is a part of, and none completes.
const PATTERN: &str = "([network-traffic:dst_port > 0] REPEATS 9000 TIMES FOLLOWEDBY [domain-name:value = 'never.example']) WITHIN 3600 SECONDS";

fn main() -> Result<(), Failure> {
    let minutes: u64 = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(1);
    let rate: usize = std::env::var("VIGIE_REPLAY_RATE").ok().and_then(|it| it.parse().ok()).unwrap_or(1000);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("VIGIE_SHARED_DATA").map_or(beside, PathBuf::from).canonicalize()?;
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-data");
    let folder = tempfile::tempdir()?;
    let web = zstd::decode_all(File::open(data.join("weblogs/apache_logs.shared.log.zst"))?)?;
    let mut logs = [
        Log::new(&folder.path().join("eve.json"), fs::read(unpacked.join("eve.jsonl"))?, eve_now)?,
        Log::new(&folder.path().join("windows.json"), fs::read(unpacked.join("winlog.jsonl"))?, windows_now)?,
        Log::new(&folder.path().join("access.log"), web, web_now)?,
    ];
    let mut node = Node::start(folder.path(), &data, &unpacked, &logs)?;
    println!("| minute | records written | records read | alerts | resident MB | most MB | store MB |");
    println!("|---|---|---|---|---|---|---|");
    let began = Instant::now();
    let mut written = 0;
    for second in 1..=minutes * 60 {
        for log in &mut logs {
            written += log.write(rate)?;
        }
        std::thread::sleep(Duration::from_secs(second).saturating_sub(began.elapsed()));
        if second % 60 == 0 {
            node.tell(second / 60, written)?;
        }
    }
    node.child.kill()?;
    node.child.wait()?;
    Ok(())
}

/// A log that grows, from records of the shared data that happen now. It is begun anew from time to time, as a sensor does.
struct Log {
    path: PathBuf,
    records: Vec<u8>,
    at: usize,
    now: fn(&[u8], &jiff::Timestamp, &mut Vec<u8>),
    file: File,
    bytes: u64,
}

/// A log is moved away and begun anew beyond so many bytes.
const ROTATED: u64 = 256 << 20;

impl Log {
    fn new(
        path: &Path,
        records: Vec<u8>,
        now: fn(&[u8], &jiff::Timestamp, &mut Vec<u8>),
    ) -> Result<Self, Failure> {
        Ok(Self { path: path.to_owned(), records, at: 0, now, file: File::create(path)?, bytes: 0 })
    }

    fn write(&mut self, records: usize) -> Result<u64, Failure> {
        if self.bytes > ROTATED {
            fs::rename(&self.path, self.path.with_extension("1"))?;
            (self.file, self.bytes) = (File::create(&self.path)?, 0);
        }
        let now = jiff::Timestamp::now();
        let mut out = Vec::new();
        for _ in 0..records {
            let rest = self.records.get(self.at..).unwrap_or_default();
            let end = rest.iter().position(|it| *it == b'\n').map_or(rest.len(), |it| it + 1);
            let (line, rest) = rest.split_at(end);
            (self.now)(line, &now, &mut out);
            self.at = if rest.is_empty() { 0 } else { self.at + end };
        }
        self.file.write_all(&out)?;
        self.bytes += out.len() as u64;
        Ok(records as u64)
    }
}

/// The line with another text in the place of what stands between two others.
fn replaced(line: &[u8], before: &[u8], after: u8, with: &str, out: &mut Vec<u8>) {
    let start = memchr::memmem::find(line, before).map(|it| it + before.len());
    let end = start.and_then(|start| Some(start + line.get(start..)?.iter().position(|it| *it == after)?));
    match start.zip(end) {
        Some((start, end)) => {
            out.extend(line.get(..start).unwrap_or_default());
            out.extend(with.as_bytes());
            out.extend(line.get(end..).unwrap_or_default());
        }
        None => out.extend(line),
    }
}

fn eve_now(line: &[u8], now: &jiff::Timestamp, out: &mut Vec<u8>) {
    replaced(line, b"\"timestamp\":\"", b'"', &now.strftime("%Y-%m-%dT%H:%M:%S.%6f+0000").to_string(), out);
}

fn windows_now(line: &[u8], now: &jiff::Timestamp, out: &mut Vec<u8>) {
    let mut timed = Vec::with_capacity(line.len() + 32);
    replaced(line, b"\"@timestamp\":\"", b'"', &now.to_string(), &mut timed);
    replaced(&timed, b"\"TimeCreated\":\"", b'"', &now.to_string(), out);
}

fn web_now(line: &[u8], now: &jiff::Timestamp, out: &mut Vec<u8>) {
    replaced(line, b" [", b']', &now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(), out);
}

/// A node of the real binary that follows the logs.
struct Node {
    child: Child,
    address: String,
    folder: PathBuf,
}

impl Node {
    fn start(folder: &Path, data: &Path, unpacked: &Path, logs: &[Log]) -> Result<Self, Failure> {
        let home = folder.join("node");
        let vigie = || Command::new(env!("CARGO_BIN_EXE_vigie"));
        let made = vigie()
            .args(["init", "--nation", "MA", "--name", "CERT of the benchmark", "--data"])
            .arg(&home)
            .output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into());
        }
        let rules = folder.join("correlations.yml");
        fs::write(&rules, CORRELATIONS)?;
        let pattern = folder.join("pattern.json");
        fs::write(&pattern, indicator())?;
        let list = |kind: &str| data.join(format!("ioc-load/{kind}.shared.tsv.zst"));
        let kinds = ["cidr", "domains", "ipv4", "ipv6", "md5", "sha1", "sha256", "urls"];
        let indicators: Vec<PathBuf> = kinds.iter().map(|it| list(it)).chain([pattern]).collect();
        let names = |paths: &[PathBuf]| {
            toml::Value::from(paths.iter().map(|it| it.display().to_string()).collect::<Vec<_>>())
        };
        let files: Vec<PathBuf> = logs.iter().map(|it| it.path.clone()).collect();
        fs::write(
            home.join("vigie.toml"),
            format!(
                "[telemetry]\nfiles = {}\n[detection]\nrules = {}\nindicators = {}\n",
                names(&files),
                names(&[unpacked.join("sigma"), rules]),
                names(&indicators)
            ),
        )?;
        let mut child = vigie()
            .args(["serve", "--plain-http", "--listen", "127.0.0.1:0", "--data"])
            .arg(&home)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut told = BufReader::new(child.stderr.take().ok_or("no standard error")?).lines();
        let ready = told
            .by_ref()
            .map_while(Result::ok)
            .find_map(|it| Some(it.strip_prefix("listening on http://")?.to_owned()));
        let address = ready.ok_or("the node did not start")?;
        // What it tells later is read, so that it never waits for a reader.
        std::thread::spawn(move || told.map_while(Result::ok).for_each(drop));
        Ok(Self { child, address, folder: home })
    }

    fn tell(&self, minute: u64, written: u64) -> Result<(), Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)?;
        let mut metrics = String::new();
        stream.read_to_string(&mut metrics)?;
        let sum = |name: &str| -> f64 {
            let lines = metrics.lines().filter(|it| it.starts_with(name));
            lines.filter_map(|it| it.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
        };
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let memory = |name: &str| -> u64 {
            let line = status.lines().find_map(|it| it.strip_prefix(name)).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024 / 1_000_000
        };
        let store: u64 =
            fs::read_dir(&self.folder)?.filter_map(|it| Some(it.ok()?.metadata().ok()?.len())).sum();
        println!(
            "| {minute} | {written} | {} | {} | {} | {} | {} |",
            sum("vigie_events_total"),
            sum("vigie_alerts_total"),
            memory("VmRSS:"),
            memory("VmHWM:"),
            store / 1_000_000
        );
        Ok(())
    }
}

fn indicator() -> String {
    serde_json::json!({
        "type": "bundle", "id": "bundle--66666666-6666-4666-8666-666666666666",
        "objects": [{
            "type": "indicator", "spec_version": "2.1", "id": "indicator--66666666-6666-4666-8666-666666666666",
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
            "valid_from": "2020-01-01T00:00:00Z", "pattern_type": "stix", "pattern": PATTERN
        }]
    })
    .to_string()
}
