//! A nation's sensor: Suricata EVE lines in a file that grows.
//!
//! The harmless traffic is the same everywhere; the attack is a beacon to one domain, every few milliseconds, as a
//! name lookup and a TLS connection. All names are of `.example`, all addresses of the documentation ranges.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// The name that the attacker's implant calls.
pub(super) const ATTACKER: &str = "updates.cold-harbour.example";
/// The name of the attacker's second server.
pub(super) const SECOND: &str = "cdn.grey-lantern.example";

/// Between two beacons, and between two harmless events.
const BEAT: Duration = Duration::from_millis(10);
/// The same once the story is told and the nodes only stay up.
const CALM: Duration = Duration::from_secs(2);

/// A sensor that writes until it is dropped.
pub(super) struct Sensor {
    stop: Arc<AtomicBool>,
    calm: Arc<AtomicBool>,
    writer: Option<JoinHandle<std::io::Result<()>>>,
}

impl Sensor {
    /// Starts to write a log. An infected nation's log shows both beacons among the harmless traffic.
    pub(super) fn start(file: &Path, infected: bool) -> std::io::Result<Self> {
        let mut log = File::create(file)?;
        let (stop, calm) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (stopped, calmed) = (Arc::clone(&stop), Arc::clone(&calm));
        let writer = std::thread::spawn(move || {
            let mut beat = 0_u32;
            while !stopped.load(Ordering::Relaxed) {
                let time = jiff::Timestamp::now();
                log.write_all(harmless(time, beat).as_bytes())?;
                if infected {
                    let name = if beat.is_multiple_of(2) { ATTACKER } else { SECOND };
                    log.write_all(beacon(time, beat, name).as_bytes())?;
                }
                beat = beat.wrapping_add(1);
                std::thread::sleep(if calmed.load(Ordering::Relaxed) { CALM } else { BEAT });
            }
            Ok(())
        });
        Ok(Self { stop, calm, writer: Some(writer) })
    }

    /// Writes seldom from now on.
    pub(super) fn calm(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }
}

impl Drop for Sensor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn harmless(time: jiff::Timestamp, beat: u32) -> String {
    let event = serde_json::json!({
        "timestamp": eve_time(time),
        "flow_id": u64::from(beat) + 1_000_000,
        "event_type": "dns",
        "src_ip": format!("192.0.2.{}", beat % 200 + 1),
        "src_port": 40_000 + beat % 20_000,
        "dest_ip": "192.0.2.53",
        "dest_port": 53,
        "proto": "UDP",
        "dns": {"type": "query", "id": beat % 65_536, "rrname": format!("host{}.news.example", beat % 997), "rrtype": "A"},
    });
    format!("{event}\n")
}

fn beacon(time: jiff::Timestamp, beat: u32, name: &str) -> String {
    let event = serde_json::json!({
        "timestamp": eve_time(time),
        "flow_id": u64::from(beat) + 5_000_000,
        "event_type": "tls",
        "src_ip": "192.0.2.77",
        "src_port": 50_000 + beat % 10_000,
        "dest_ip": "198.51.100.23",
        "dest_port": 443,
        "proto": "TCP",
        "tls": {
            "sni": name,
            "subject": format!("CN={name}"),
            "issuerdn": "CN=Cold Harbour Staging CA",
            "version": "TLS 1.3",
        },
    });
    format!("{event}\n")
}

/// As Suricata writes it: microseconds and a numeric offset.
fn eve_time(time: jiff::Timestamp) -> String {
    format!("{time:.6}").replace('Z', "+0000")
}
