//! Computers that may debug the phone.
//!
//! A key stands as text (`user_keys=QAAAA… user@host`) and in the key store, as XML or as Android's binary XML. A bug report
//! often replaces the binary's bytes that are no UTF-8, so keys are found by how every one of them begins.

use md5::{Digest, Md5};

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::zone;
use crate::{Moment, Sign};

pub(super) const NAME: &str = "adb";

/// The first bytes of a key: its length in words, 64, in base64.
const BEGINS: &[u8] = b"QAAAA";

struct Key {
    line: u64,
    text: String,
    owner: String,
    connected: Option<Moment>,
}

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut keys: Vec<Key> = Vec::new();
    let mut last = String::new();
    for line in lines.iter() {
        let text = line.text.trim();
        if let Some(it) = text.strip_prefix("last_key_received=") {
            it.clone_into(&mut last);
        }
        for (name, what) in
            [("connected_to_adb=", "a computer is connected"), ("enabled=", "wireless debugging")]
        {
            if let Some(value) = text.strip_prefix(name) {
                sink.take(Draft::line(line.number, format!("{what}: {value}")));
            }
        }
        for name in ["network_ssid=", "network_bssid=", "bssid=\""] {
            if let Some((_, value)) = text.split_once(name).filter(|it| !it.1.is_empty()) {
                let value = value.split('"').next().unwrap_or_default();
                sink.take(Draft::line(line.number, format!("wireless debugging trusts the network {value}")));
            }
        }
    }
    collect(lines, &mut keys);
    for it in keys {
        let fingerprint = fingerprint(&it.text);
        let used = if fingerprint == last { ", the last that connected" } else { "" };
        let text = format!("trusts the computer of {}, key {fingerprint}{used}", it.owner);
        sink.take(Draft::line(it.line, text).when(it.connected).sign_if(true, Sign::AdbKeyTrusted));
    }
}

/// Finds every key in the bytes; one that stands twice is one.
fn collect(lines: Lines<'_>, keys: &mut Vec<Key>) {
    let bytes = lines.bytes();
    for at in memchr::memmem::find_iter(bytes, BEGINS) {
        let before = bytes.get(..at).unwrap_or_default();
        if before.last().is_some_and(|it| is_base64(*it)) {
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let (key, rest) = rest.split_at(rest.iter().position(|it| !is_base64(*it)).unwrap_or(rest.len()));
        let owner = rest.strip_prefix(b" ").unwrap_or_default();
        let printable = |it: &u8| it.is_ascii_graphic() && !b"\"<>,".contains(it);
        let (owner, rest) = owner.split_at(owner.iter().position(|it| !printable(it)).unwrap_or(owner.len()));
        let key = String::from_utf8_lossy(key).into_owned();
        let owner = match String::from_utf8_lossy(owner).into_owned() {
            it if it.is_empty() => "somebody unnamed".to_owned(),
            it => it,
        };
        let connected = connected(rest.get(..rest.len().min(64)).unwrap_or_default());
        if let Some(known) = keys.iter_mut().find(|it| it.text == key) {
            known.connected = known.connected.take().or(connected);
        } else {
            let first = lines.iter().next().map_or(1, |it| it.number);
            let line = first + memchr::memchr_iter(b'\n', before).count() as u64;
            keys.push(Key { line, text: key, owner, connected });
        }
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}

/// `lastConnection="1628501829898"` of XML, or the name and eight bytes of binary XML.
fn connected(after: &[u8]) -> Option<Moment> {
    let at = memchr::memmem::find(after, b"lastConnection")?;
    let value = after.get(at + b"lastConnection".len()..)?;
    let millis = match value.strip_prefix(b"=\"") {
        Some(it) => std::str::from_utf8(it.split(|it| *it == b'"').next()?).ok()?.parse().ok()?,
        None => i64::from_be_bytes(value.get(..8)?.try_into().ok()?),
    };
    // Between 2008, when Android began, and 2100; else the bytes are damaged.
    (1_199_145_600_000..4_102_444_800_000).contains(&millis).then_some(())?;
    zone::from_millis("last connected", millis)
}

/// As the phone shows it: the MD5 of the key.
fn fingerprint(key: &str) -> String {
    let Some(bytes) = decode(key) else { return "that is damaged".to_owned() };
    let digest: Vec<String> = Md5::digest(bytes).iter().map(|it| format!("{it:02X}")).collect();
    digest.join(":")
}

/// Base64, as far as it is whole.
fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.as_bytes().chunks(4) {
        let mut bits: u32 = 0;
        for byte in group {
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(digit);
        }
        bits <<= 6 * (4 - group.len());
        let whole = group.len().checked_sub(1)?;
        out.extend_from_slice(bits.to_be_bytes().get(1..1 + whole)?);
    }
    Some(out)
}
