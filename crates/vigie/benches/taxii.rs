//! Adding and polling over TAXII 2.1, over real connections on loopback; prints one JSON object.
//!
//! `cargo bench -p vigie --bench taxii`; `VIGIE_BENCH_OBJECTS` sets another number than a million. Objects are indicators of
//! about 600 bytes, added and read a thousand at a time over one connection each. The node runs in this process, so
//! the memory shown is that of both sides.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;
use vigie::web::listen::{Listener, Transport};
use vigie::web::{self, Options};
use vigie_app::app::App;
use vigie_app::settings::Settings;
use vigie_app::{add_collection, add_token, init_node};
use vigie_model::token::Scope;

type Failure = Box<dyn std::error::Error>;

const BATCH: usize = 1_000;

fn main() -> Result<(), Failure> {
    let objects: usize = std::env::var("VIGIE_BENCH_OBJECTS").map_or(Ok(1_000_000), |it| it.parse())?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("node");
    init_node::run(&data, "MA".parse()?, "Bench")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let app = App::open(Settings::new(data))?;
    let (collection, token) = runtime.block_on(async {
        let collection = add_collection::run(&app, "Bench", None, None).await?;
        let token = add_token::run(&app, "bench", None, Scope::All, Scope::All).await?;
        Ok::<_, Failure>((collection, token))
    })?;
    let listener = runtime.block_on(Listener::bind(([127, 0, 0, 1], 0).into(), Transport::Plain))?;
    let address = listener.address();
    runtime.spawn(web::serve(app, listener, Options::default(), std::future::pending()));

    let mut client = Client::connect(address, &token.secret)?;
    let path = format!("/api/collections/{collection}/objects/");
    let mut adding = Vec::new();
    for first in (0..objects).step_by(BATCH) {
        let body = envelope(first..objects.min(first + BATCH));
        let began = Instant::now();
        let answer = client.ask("POST", &path, body.as_bytes())?;
        adding.push(began.elapsed());
        let status: Value = serde_json::from_slice(&answer)?;
        if status["failure_count"] != 0 {
            return Err(format!("objects were refused: {}", status["failures"][0]).into());
        }
    }
    let (mut paging, mut read, mut bytes, mut next) = (Vec::new(), 0, 0, String::new());
    loop {
        let began = Instant::now();
        let answer = client.ask("GET", &format!("{path}?limit={BATCH}{next}"), b"")?;
        paging.push(began.elapsed());
        bytes += answer.len();
        read += answer.windows(13).filter(|it| it == b"\"type\":\"indic").count();
        // The token stands before the objects.
        let head = String::from_utf8_lossy(answer.get(..200).unwrap_or(&answer)).into_owned();
        match head.split_once("\"next\":\"").and_then(|(_, rest)| rest.split_once('"')) {
            Some((token, _)) => next = format!("&next={token}"),
            None => break,
        }
    }
    let nothing_new = format!("{path}?added_after=2100-01-01T00:00:00Z");
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        let began = Instant::now();
        client.ask("GET", &nothing_new, b"")?;
        idle.push(began.elapsed());
    }
    let report = serde_json::json!({
        "objects": objects,
        "read": read,
        "added_per_second": rate(objects, &adding),
        "batch_of_1000_ms": quantiles(adding),
        "polled_per_second": rate(read, &paging),
        "polled_megabytes_per_second": rate(bytes / 1_000_000, &paging),
        "page_of_1000_ms": quantiles(paging),
        "nothing_new_ms": quantiles(idle),
        "peak_rss_bytes": peak_rss(),
    });
    writeln!(std::io::stdout(), "{report:#}")?;
    Ok(())
}

/// One connection that stays.
struct Client {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Client {
    fn connect(address: SocketAddr, secret: &str) -> std::io::Result<Self> {
        let tcp = TcpStream::connect(address)?;
        tcp.set_nodelay(true)?;
        let head = format!(
            "Host: {address}\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/taxii+json;version=2.1\r\n"
        );
        Ok(Self { stream: BufReader::with_capacity(256 << 10, tcp), head })
    }

    /// The body of the answer, which must be a success.
    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let head = format!("{method} {path} HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n", self.head, body.len());
        let tcp = self.stream.get_mut();
        tcp.write_all(head.as_bytes())?;
        tcp.write_all(body)?;
        let (mut line, mut length, mut good) = (String::new(), 0, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let text = line.trim_end();
            if text.starts_with("HTTP/1.1 20") {
                good = true;
            } else if let Some(value) = text.strip_prefix("content-length: ") {
                length = value.parse()?;
            } else if text.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        if good { Ok(answer) } else { Err(String::from_utf8_lossy(&answer).into_owned().into()) }
    }
}

fn envelope(numbers: std::ops::Range<usize>) -> String {
    let filler =
        "An indicator that was made to measure with, as long as those of real feeds are on the average. "
            .repeat(2);
    let objects: Vec<String> = numbers
        .map(|number| {
            format!(
                r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{number:08x}-17d4-4cbf-938f-98ee46b3cd3f","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"n{number}","description":"{filler}","pattern":"[domain-name:value = 'n{number}.example']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","object_marking_refs":["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]}}"#
            )
        })
        .collect();
    format!(r#"{{"objects":[{}]}}"#, objects.join(","))
}

fn rate(count: usize, times: &[Duration]) -> u128 {
    count as u128 * 1_000_000 / times.iter().sum::<Duration>().as_micros().max(1)
}

fn quantiles(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let at = |per_mille: usize| {
        let index = (times.len() * per_mille / 1_000).min(times.len().saturating_sub(1));
        times.get(index).map_or(0.0, Duration::as_secs_f64) * 1_000.0
    };
    serde_json::json!({ "p50": at(500), "p99": at(990), "max": at(1_000) })
}

/// The most memory that this process ever held, from the kernel's account of it.
fn peak_rss() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|it| it * 1024)
}
