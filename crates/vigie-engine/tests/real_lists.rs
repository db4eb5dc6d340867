//! Real lists against real logs, held against sets that are computed without the engine.
//!
//! The data lies beside the checkout (`../shared/data`, or where `VIGIE_SHARED_DATA` says) and is never committed; without
//! it the test says that it was skipped. Events are made here straight from the JSON of Suricata's EVE, and what they
//! should match is found with plain string sets: this file shares no code with what it tests.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use serde_json::Value;
use vigie_engine::{Builder, Found, Image, Options, Work};
use vigie_model::event::{self, Event};

const LISTS: [&str; 8] = ["domains", "ipv4", "ipv6", "cidr", "md5", "sha1", "sha256", "urls"];

/// One line in so many is kept even if no event has its value, so that there is something not to find.
const NOISE: usize = 40;

fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    folder.join("ioc-load").is_dir().then_some(folder)
}

fn lines(path: &Path) -> impl Iterator<Item = String> + use<> {
    let file = File::open(path).expect("the data can be opened");
    let unpacked = zstd::Decoder::new(file).expect("the data is zstd");
    BufReader::new(unpacked).lines().map(|it| it.expect("the data is text"))
}

/// What one record holds, by kind.
#[derive(Default, PartialEq, Eq, Hash)]
struct Seen {
    hosts: Vec<String>,
    addresses: Vec<IpAddr>,
    digests: Vec<String>,
    urls: Vec<String>,
}

fn seen(record: &Value) -> Seen {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let mut seen = Seen::default();
    let mut host = |text: String| match text.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(it) => seen.addresses.push(it.to_canonical()),
        Err(_) => seen.hosts.push(text.trim_end_matches('.').to_ascii_lowercase()),
    };
    for pointer in ["/src_ip", "/dest_ip", "/dns/rrname", "/tls/sni"] {
        text(pointer).into_iter().for_each(&mut host);
    }
    if let Some(name) = text("/http/hostname").filter(|it| !it.contains([':', '/', ' '])) {
        host(name.clone());
        let path = text("/http/url").filter(|it| it.starts_with('/'));
        seen.urls.extend(path.map(|it| format!("http://{}{it}", name.trim_end_matches('.'))));
    }
    seen.digests.extend(["/fileinfo/md5", "/fileinfo/sha1", "/fileinfo/sha256"].into_iter().filter_map(text));
    seen
}

fn event(seen: &Seen) -> Event<'_> {
    let mut event = Event::default();
    let mut number = 0;
    let mut push = |path, value: String| {
        event.push(number, path, std::borrow::Cow::Owned(value));
        number += 1;
    };
    for host in &seen.hosts {
        push(event::Path::DomainName, host.clone());
    }
    for address in &seen.addresses {
        let path = if address.is_ipv4() { event::Path::Ipv4 } else { event::Path::Ipv6 };
        push(path, address.to_string());
    }
    for digest in &seen.digests {
        push(event::Path::FileSha256, digest.clone());
    }
    for url in &seen.urls {
        push(event::Path::Url, url.clone());
    }
    event
}

/// The names that a name lies under, itself first, down to the one that can be registered.
fn parents(name: &str) -> Vec<&str> {
    let registrable = psl::domain_str(name).unwrap_or(name);
    let mut rest = name;
    let mut all = vec![name];
    while rest.len() > registrable.len() {
        let Some((_, parent)) = rest.split_once('.') else { break };
        all.push(parent);
        rest = parent;
    }
    all
}

/// The lists as plain sets.
#[derive(Default)]
struct Naive {
    exact: HashSet<String>,
    domains: HashSet<String>,
    urls: HashSet<String>,
    /// As version, length of the prefix, and first address.
    networks: HashSet<(bool, u32, u128)>,
}

/// Host and rest of a URL without scheme, fragment and last slashes.
fn bare_url(url: &str) -> Option<(String, String)> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split('#').next()?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let path = path.trim_end_matches('/');
    Some((host.to_ascii_lowercase(), query.map_or(path.to_owned(), |it| format!("{path}?{it}"))))
}

impl Naive {
    fn add(&mut self, list: &str, value: &str) {
        match list {
            "domains" => drop(self.domains.insert(value.to_owned())),
            "cidr" => {
                let (first, prefix) = value.split_once('/').expect("a network");
                let first: IpAddr = first.parse().expect("an address");
                let prefix = prefix.parse().expect("a number");
                self.networks.insert((first.is_ipv4(), prefix, masked(first, prefix)));
            }
            "urls" => match bare_url(value) {
                Some((host, path)) if path.is_empty() => drop(self.domains.insert(host)),
                Some((host, path)) => drop(self.urls.insert(host + &path)),
                None => {}
            },
            _ => drop(self.exact.insert(value.to_owned())),
        }
    }

    /// What of the lists an event should match, as the values that rules are named after.
    fn matches(&self, seen: &Seen) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut hosts: Vec<String> = seen.hosts.clone();
        for url in &seen.urls {
            let Some((host, path)) = bare_url(url) else { continue };
            let without = path.split('?').next().unwrap_or_default().trim_end_matches('/').to_owned();
            let keys = [format!("{host}{path}"), format!("{host}{without}")];
            found.extend(keys.into_iter().filter(|it| self.urls.contains(it)));
            hosts.push(host);
        }
        for host in &hosts {
            found
                .extend(parents(host).into_iter().filter(|it| self.domains.contains(*it)).map(str::to_owned));
        }
        for address in &seen.addresses {
            let text = address.to_string();
            for prefix in 0..=if address.is_ipv4() { 32 } else { 128 } {
                let first = masked(*address, prefix);
                if self.networks.contains(&(address.is_ipv4(), prefix, first)) {
                    let first = if address.is_ipv4() {
                        Ipv4Addr::from_bits(first as u32).to_string()
                    } else {
                        Ipv6Addr::from_bits(first).to_string()
                    };
                    found.insert(format!("{first}/{prefix}"));
                }
            }
            // A host-only URL may list an address as well.
            found.extend((self.exact.contains(&text) || self.domains.contains(&text)).then_some(text));
        }
        found.extend(seen.digests.iter().filter(|it| self.exact.contains(*it)).cloned());
        found
    }
}

fn masked(address: IpAddr, prefix: u32) -> u128 {
    let (bits, width) = match address {
        IpAddr::V4(it) => (it.to_bits().into(), 32),
        IpAddr::V6(it) => (it.to_bits(), 128),
    };
    let gone = width - prefix;
    bits.checked_shr(gone).unwrap_or(0).checked_shl(gone).unwrap_or(0)
}

/// The records of all logs, those that hold the same once.
fn records(folder: &Path) -> HashSet<Seen> {
    let mut files: Vec<PathBuf> = Vec::new();
    for kind in ["suricata7", "suricata4", "slips"] {
        let entries = std::fs::read_dir(folder.join("eve").join(kind)).expect("the logs are there");
        files.extend(entries.map(|it| it.expect("a file").path()));
    }
    files.sort();
    let records = files.iter().flat_map(|it| lines(it));
    records.filter_map(|it| serde_json::from_str(&it).ok()).map(|it: Value| seen(&it)).collect()
}

/// Lines whose values may matter to the logs, and some that do not.
fn relevant(folder: &Path, records: &HashSet<Seen>) -> Vec<(&'static str, String)> {
    let mut wanted: HashSet<String> = HashSet::new();
    for seen in records {
        for host in &seen.hosts {
            wanted.extend(parents(host).into_iter().map(str::to_owned));
        }
        wanted.extend(seen.addresses.iter().map(ToString::to_string));
        wanted.extend(seen.digests.iter().cloned());
    }
    let mut kept = Vec::new();
    for list in LISTS {
        let all = lines(&folder.join(format!("ioc-load/{list}.shared.tsv.zst")));
        kept.extend(all.enumerate().filter_map(|(number, line)| {
            let value = line.split('\t').next().unwrap_or_default();
            let host = bare_url(value).map_or(value.to_owned(), |(host, _)| host);
            let keep = list == "cidr" || number % NOISE == 0 || wanted.contains(&host);
            keep.then_some((list, line))
        }));
    }
    kept
}

#[test]
fn recall_and_precision_on_real_lists_and_logs() {
    let Some(folder) = data() else {
        eprintln!(
            "skipped: there is no `../shared/data` beside the checkout, and VIGIE_SHARED_DATA names none"
        );
        return;
    };
    let records = records(&folder);
    let lines = relevant(&folder, &records);
    let mut naive = Naive::default();
    let mut builder = Builder::new(Options::default());
    for list in LISTS {
        let ours = lines.iter().filter(|it| it.0 == list).map(|it| it.1.as_str());
        let text: Vec<&str> = ours.collect();
        for line in &text {
            naive.add(list, line.split('\t').next().unwrap_or_default());
        }
        builder.add_list(list, text.join("\n").as_bytes());
    }
    let image = Image::new(builder.build());
    let (mut expected, mut wrong) = (0, Vec::new());
    let (mut work, mut found) = (Work::default(), Found::default());
    for seen in &records {
        found.matches.clear();
        image.matches(&event(seen), None, &mut work, &mut found);
        let value = |name: &str| name.split(" (").next().unwrap_or_default().to_owned();
        let got: BTreeSet<String> = found.matches.iter().map(|it| value(&it.rule.name)).collect();
        let want = naive.matches(seen);
        expected += want.len();
        wrong.extend(want.difference(&got).map(|it| format!("missed {it}")));
        wrong.extend(got.difference(&want).map(|it| format!("should not have found {it}")));
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} differences, such as {:?}", wrong.len(), wrong.get(..20.min(wrong.len())));
    assert!(expected > 500, "only {expected} matches were expected: is the data whole?");
}

/// Words of the reports that were defanged, and are no more than a value.
fn defanged(text: &str) -> impl Iterator<Item = &str> {
    let between = |it: char| it.is_whitespace() || "|`\"'<>,;*".contains(it);
    let words = text.split(between).map(|it| it.trim_matches(['.', '(', ')', ':', '+', '=']));
    // What was blacked out is no value any more.
    let whole = words.filter(|it| !it.contains("redacted"));
    whole.filter(|it| ["[.]", "hxxp", "[:]", "[@]", "[://]"].iter().any(|mark| it.contains(mark)))
}

#[test]
fn defanged_values_of_real_reports_are_read() {
    let Some(folder) = data() else {
        eprintln!(
            "skipped: there is no `../shared/data` beside the checkout, and VIGIE_SHARED_DATA names none"
        );
        return;
    };
    let packed = File::open(folder.join("ioc-load/reports.tar.zst")).expect("the data can be opened");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut zstd::Decoder::new(packed).expect("the data is zstd"), &mut bytes)
        .expect("the data is whole");
    // The archive's own blocks stand between the texts and hold no such words.
    let text = String::from_utf8_lossy(&bytes);
    let words: BTreeSet<&str> = defanged(&text).collect();
    let mut key = Vec::new();
    let (read, unread): (Vec<&str>, Vec<&str>) =
        words.iter().copied().partition(|it| vigie_engine::list::read_value(it, &mut key).is_ok());
    assert!(read.len() > 3_000, "only {} values: is the data whole?", read.len());
    assert!(unread.len() * 100 < read.len(), "{} of {} are not read: {unread:#?}", unread.len(), words.len());
}
