//! Datasets: files of plain values, and the rules that look for them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use vigie_engine::atom::Atom;

use super::Sheet;
use super::numbers::{NoNumbers, Numbers};

/// The most places that a set is hashed into. Suricata refuses a rule that asks for more than its limit (262,144 in
/// version 7, 65,536 announced for later ones), and then starts without any rule at all.
const MAX_HASH: usize = 1 << 16;

/// About what a value costs Suricata beside its own bytes, in bytes; measured, 190.
const VALUE_BYTES: usize = 512;

/// The values of one kind.
struct Set {
    /// The name of the dataset and, with `.lst`, of its file.
    name: &'static str,
    file: &'static str,
    what: &'static str,
    form: Form,
}

/// How a set is written, and looked for.
enum Form {
    /// A dataset of this type, its values perhaps in Base64: protocols, each with the buffer that is looked up.
    Dataset { kind: &'static str, rules: &'static [(&'static str, &'static str)] },
    /// A file of digests, for this keyword. `ip` stands for every protocol that carries files.
    Digests(&'static str),
}

const DOMAINS: Set = Set {
    name: "vigie-domain",
    file: "vigie-domain.lst",
    what: "domain name",
    form: Form::Dataset {
        kind: "string",
        rules: &[
            ("dns", "dns.query; to_lowercase;"),
            ("tls", "tls.sni; to_lowercase;"),
            ("http", "http.host;"),
            ("quic", "quic.sni; to_lowercase;"),
        ],
    },
};

const ADDRESSES: Set = Set {
    name: "vigie-ip",
    file: "vigie-ip.lst",
    what: "address",
    form: Form::Dataset { kind: "ip", rules: &[("ip", "ip.src;"), ("ip", "ip.dst;")] },
};

const FINGERPRINTS: Set = Set {
    name: "vigie-ja3",
    file: "vigie-ja3.lst",
    what: "TLS fingerprint (JA3)",
    form: Form::Dataset { kind: "string", rules: &[("tls", "ja3.hash;")] },
};

const MD5: Set =
    Set { name: "vigie-md5", file: "vigie-md5.lst", what: "file (MD5)", form: Form::Digests("filemd5") };
const SHA1: Set =
    Set { name: "vigie-sha1", file: "vigie-sha1.lst", what: "file (SHA-1)", form: Form::Digests("filesha1") };
const SHA256: Set = Set {
    name: "vigie-sha256",
    file: "vigie-sha256.lst",
    what: "file (SHA-256)",
    form: Form::Digests("filesha256"),
};

/// The values of all indicators, each once.
#[derive(Default)]
pub(super) struct Values {
    domains: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
    fingerprints: BTreeSet<String>,
    digests: [BTreeSet<String>; 3],
}

impl Values {
    /// Takes a value that a set can hold; gives a URL back, for which there is none.
    pub(super) fn take(&mut self, atom: Atom) -> Option<String> {
        match atom {
            Atom::Domain(it) => drop(self.domains.insert(it)),
            Atom::Address(it) => drop(self.addresses.insert(it)),
            Atom::Ja3(it) => drop(self.fingerprints.insert(it)),
            Atom::FileDigest(it) => {
                let [md5, sha1, sha256] = &mut self.digests;
                let set = match it.len() {
                    32 => md5,
                    40 => sha1,
                    _ => sha256,
                };
                set.insert(it);
            }
            Atom::Url(it) => return Some(it),
        }
        None
    }

    /// The files of the sets, empty ones too, so that none from an earlier export stays; their rules are added.
    pub(super) fn write(&self, numbers: &mut Numbers, rules: &mut Sheet) -> Result<Vec<Sheet>, NoNumbers> {
        let [md5, sha1, sha256] = &self.digests;
        let in_base64 = |all: &BTreeSet<String>| all.iter().map(|it| BASE64_STANDARD.encode(it)).collect();
        let plain = |all: &BTreeSet<String>| all.iter().cloned().collect();
        let sets: [(Set, Vec<String>); 6] = [
            (DOMAINS, in_base64(&self.domains)),
            (ADDRESSES, self.addresses.iter().map(ToString::to_string).collect()),
            (FINGERPRINTS, in_base64(&self.fingerprints)),
            (MD5, plain(md5)),
            (SHA1, plain(sha1)),
            (SHA256, plain(sha256)),
        ];
        let mut sheets = Vec::new();
        for (set, values) in sets {
            if !values.is_empty() {
                set.rules(&values, numbers, rules)?;
            }
            let text = values.iter().fold(String::new(), |all, it| all + it + "\n");
            sheets.push(Sheet { name: set.file, text, entries: values.len() });
        }
        Ok(sheets)
    }
}

impl Set {
    fn rules(&self, values: &[String], numbers: &mut Numbers, rules: &mut Sheet) -> Result<(), NoNumbers> {
        let places: Vec<(&str, String)> = match &self.form {
            Form::Digests(keyword) => vec![("ip", format!("{keyword}:{};", self.file))],
            Form::Dataset { kind, rules } => {
                let lookup =
                    format!("dataset:isset,{},type {kind},load {},{};", self.name, self.file, size(values));
                rules.iter().map(|(protocol, buffer)| (*protocol, format!("{buffer} {lookup}"))).collect()
            }
        };
        for (part, (protocol, lookup)) in places.into_iter().enumerate() {
            let sid = numbers.give(self.name, part, rules.name)?;
            let (what, name) = (self.what, self.name);
            // Writing into memory does not fail.
            let _infallible = writeln!(
                rules.text,
                "alert {protocol} any any -> any any (msg:\"Vigie: the {what} of an indicator\"; {lookup} \
                 metadata:vigie_dataset {name}; sid:{sid}; rev:1;)"
            );
            rules.entries += 1;
        }
        Ok(())
    }
}

/// The size that Suricata needs to be told: what it would assume is too small for a large set.
fn size(values: &[String]) -> String {
    let hash = values.len().next_power_of_two().clamp(1 << 10, MAX_HASH);
    let bytes: usize = values.iter().map(|it| VALUE_BYTES + 2 * it.len()).sum();
    format!("memcap {}mb,hashsize {hash}", 16 + bytes.div_ceil(1 << 20))
}
