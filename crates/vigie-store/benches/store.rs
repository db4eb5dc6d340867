//! Taking in and reading at a million objects; prints one JSON object.
//!
//! `cargo bench -p vigie-store`; `VIGIE_BENCH_OBJECTS` sets another size, `VIGIE_BENCH_DIR` another folder than the
//! temporary one. Objects are indicators of about 600 bytes with random identifiers, in batches of 1,000. One in 10,000
//! may be seen by the third member only, the others carry one of a hundred labels that the second member may see.
//!
//! Beside the time on the clock stands the time on a processor, which says more on a machine that is busy otherwise.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uuid::Uuid;
use vigie_model::collection::Collection;
use vigie_model::id::{CollectionId, MemberId};
use vigie_model::label::{Clause, Label, LabelId, Party, Tlp};
use vigie_model::member::{Member, Membership};
use vigie_model::query::{Query, VersionFilter};
use vigie_policy::{Action, Clearance, Policy, Viewer};
use vigie_stix::id::StixId;
use vigie_stix::object::Object;
use vigie_stix::timestamp::Timestamp;
use vigie_store::{NewIntel, Options, Page, Store};

const BATCH: u64 = 1_000;
const RARE: u64 = 10_000;
const NOW: i64 = 1_767_225_600_000_000_000;
const SHELF: CollectionId = CollectionId::new(Uuid::from_u128(1));

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let objects = std::env::var("VIGIE_BENCH_OBJECTS").map_or(Ok(1_000_000), |it| it.parse())?;
    let folder = match std::env::var_os("VIGIE_BENCH_DIR") {
        Some(it) => tempfile::tempdir_in(PathBuf::from(it))?,
        None => tempfile::tempdir()?,
    };
    let node = Node::new(&folder.path().join("vigie.db"))?;
    let (ingest, ingest_cpu) = node.ingest(objects)?;
    let (all, rare) = (node.clearance("il")?, node.clearance("ae")?);
    let last = Query { added_after: Some(i64::MAX), ..Query::everything(1_000) };
    let of_type = Query { types: BTreeSet::from(["malware".to_owned()]), ..Query::everything(1_000) };
    let of_version = Query {
        versions: VersionFilter::Some {
            first: false,
            last: false,
            exact: BTreeSet::from([modified(12_345)]),
        },
        ..Query::everything(1_000)
    };
    let before = cpu();
    let poll = node.poll(&all)?;
    let poll_cpu = cpu().saturating_sub(before);
    let report = serde_json::json!({
        "objects": objects,
        "ingest_objects_per_second": rate(objects, ingest.iter().sum()),
        "ingest_objects_per_cpu_second": rate(objects, ingest_cpu),
        "ingest_batch_ms": quantiles(ingest),
        "poll_objects_per_second": rate(poll.0, poll.1.iter().sum()),
        "poll_objects_per_cpu_second": rate(poll.0, poll_cpu),
        "page_of_1000_ms": quantiles(poll.1),
        "page_sees_one_in_10000_ms": node.repeat(&rare, &Query::everything(1_000), objects / RARE)?,
        "page_nothing_new_ms": node.repeat(&all, &last, 0)?,
        "page_of_rare_type_ms": node.repeat(&all, &of_type, objects.div_ceil(RARE))?,
        "page_of_version_ms": node.repeat(&all, &of_version, 1)?,
        "database_bytes": std::fs::metadata(folder.path().join("vigie.db"))?.len(),
        "peak_rss_bytes": peak_rss(),
    });
    writeln!(std::io::stdout(), "{report:#}")?;
    Ok(())
}

struct Node {
    store: Store,
    policy: Policy,
}

impl Node {
    fn new(path: &Path) -> Result<Self, Failure> {
        let store = Store::open(path, &Options::default())?;
        store.write("node", NOW, |tx| {
            let title = "Shelf".to_owned();
            tx.add_collection(&Collection { id: SHELF, title, description: None, alias: None, created: NOW })
        })?;
        Ok(Self { store, policy: Policy::new()? })
    }

    /// Takes all objects in and says how long each batch took and how long all kept a processor busy, reading and
    /// admitting not counted.
    fn ingest(&self, objects: u64) -> Result<(Vec<Duration>, Duration), Failure> {
        let viewer = Viewer::of(&member("ma")?);
        let mut labels = Vec::new();
        for number in 0..100 {
            labels.push(label("il", &format!("statement {number}"))?);
        }
        let rare = label("ae", "rare")?;
        let (mut times, mut busy) = (Vec::new(), Duration::ZERO);
        for first in (0..objects).step_by(BATCH as usize) {
            let mut batch = Vec::new();
            for number in first..objects.min(first + BATCH) {
                let label = if number % RARE == 0 { Some(&rare) } else { labels.get(number as usize % 100) };
                let new = NewIntel::of(&Object::parse(&text(number))?, Vec::new());
                let label = label.ok_or("there are a hundred labels")?;
                batch.push(self.policy.admit(new, label, &viewer, NOW)?);
            }
            let (began, before) = (Instant::now(), cpu());
            self.store.write("ma", NOW, |tx| tx.add_intel_batch(SHELF, batch))?;
            times.push(began.elapsed());
            busy += cpu().saturating_sub(before);
        }
        Ok((times, busy))
    }

    /// Reads everything page by page; how many objects, and how long each page took.
    fn poll(&self, clearance: &Clearance) -> Result<(u64, Vec<Duration>), Failure> {
        let mut query = Query::everything(1_000);
        let (mut objects, mut times) = (0, Vec::new());
        loop {
            let began = Instant::now();
            let page = self.page(&query, clearance)?;
            times.push(began.elapsed());
            objects += page.items.len() as u64;
            if page.next.is_none() {
                return Ok((objects, times));
            }
            query.resume_after = page.next;
        }
    }

    /// The times of one page, read again and again, which must hold so many objects.
    fn repeat(&self, clearance: &Clearance, query: &Query, want: u64) -> Result<serde_json::Value, Failure> {
        let mut times = Vec::new();
        for _ in 0..200 {
            let began = Instant::now();
            let found = self.page(query, clearance)?.items.len() as u64;
            times.push(began.elapsed());
            if found != want {
                return Err(format!("{found} objects on a page, {want} expected").into());
            }
        }
        Ok(quantiles(times))
    }

    fn page(
        &self,
        query: &Query,
        clearance: &Clearance,
    ) -> Result<Page<vigie_policy::Released<vigie_model::intel::Intel>>, Failure> {
        Ok(self.store.read(|it| it.intel(SHELF, query, clearance))?)
    }

    fn clearance(&self, country: &str) -> Result<Clearance, Failure> {
        let labels = self.store.read(|it| it.labels_after(LabelId(0)))?;
        let labels = labels.iter().map(|(id, label)| (*id, label));
        Ok(self.policy.clearance(&Viewer::of(&member(country)?), Action::View, NOW, labels))
    }
}

fn member(country: &str) -> Result<Member, Failure> {
    let number = country.bytes().fold(0, |sum, it| sum * 256 + u128::from(it));
    Ok(Member {
        id: MemberId::new(Uuid::from_u128(number)),
        name: country.to_owned(),
        country: country.parse()?,
        identity: StixId::new("identity", Uuid::from_u128(number)),
        groups: BTreeSet::new(),
        state: Membership::Active,
    })
}

fn label(country: &str, statement: &str) -> Result<Label, Failure> {
    let any_of = BTreeSet::from([Party::Country(country.parse()?)]);
    Ok(Label {
        audience: [Clause { any_of, except: BTreeSet::new() }].into(),
        statements: [statement.to_owned()].into(),
        ..Label::plain(member("ma")?.id, Tlp::Red)
    })
}

fn modified(number: u64) -> Timestamp {
    // Scattered over three years, as in a feed that is loaded at once.
    let seconds = 1_600_000_000 + i128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 100_000_000);
    let millis = i128::from(number % 1_000);
    Timestamp::from_nanos_millis(seconds * 1_000_000_000 + millis * 1_000_000)
}

fn text(number: u64) -> String {
    let kind = if number % RARE == 1 { "malware" } else { "indicator" };
    let scattered = u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let id = StixId::new(kind, Uuid::from_u128(scattered << 64 | u128::from(number)));
    let modified = modified(number);
    let about = "A host that took part in a campaign against the accord; seen by several sensors. ".repeat(2);
    format!(
        r#"{{"type":"{kind}","spec_version":"2.1","id":"{id}","created_by_ref":"identity--00000000-0000-0000-0000-000000006d61","created":"2020-01-01T00:00:00.000Z","modified":"{modified}","name":"host-{number}.example","description":"{about}","indicator_types":["malicious-activity"],"pattern":"[domain-name:value = 'host-{number}.example']","pattern_type":"stix","pattern_version":"2.1","valid_from":"2020-01-01T00:00:00Z"}}"#
    )
}

/// How long this thread has kept a processor busy; zero where the system does not say.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or_default())
}

/// Objects per second.
fn rate(objects: u64, time: Duration) -> u64 {
    objects * 1_000_000 / u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

/// The middle, the 99th percentile and the worst, in milliseconds.
fn quantiles(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort_unstable();
    let at = |percent| {
        let time: Duration = times.get((times.len() - 1) * percent / 100).copied().unwrap_or_default();
        (time.as_secs_f64() * 100_000.0).round() / 100.0
    };
    serde_json::json!({ "p50": at(50), "p99": at(99), "max": at(100) })
}

/// The most memory that the process had resident; None where the system does not say.
fn peak_rss() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|it| it * 1_024)
}
