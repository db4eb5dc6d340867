//! What the files hold: a function of the rules in force, the time, and the numbers given before.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vigie_engine::atom;
use vigie_engine::suricata::{Dialect, INDICATOR_KEY, Limits, Rule};
use vigie_engine::{Image, Indicator, Language, State};
use vigie_stix::timestamp::Timestamp;

use super::Sheet;
use super::manifest::Manifest;
use super::numbers::{NoNumbers, Numbers, Range};
use super::sets::Values;

/// The variables that the configuration of every Suricata defines. A rule with another would not load.
const VARIABLES: &str = "HOME_NET EXTERNAL_NET HTTP_SERVERS SMTP_SERVERS SQL_SERVERS DNS_SERVERS TELNET_SERVERS \
    AIM_SERVERS DC_SERVERS DNP3_SERVER DNP3_CLIENT MODBUS_CLIENT MODBUS_SERVER ENIP_CLIENT ENIP_SERVER HTTP_PORTS \
    SHELLCODE_PORTS ORACLE_PORTS SSH_PORTS DNP3_PORTS MODBUS_PORTS FILE_DATA_PORTS FTP_PORTS GENEVE_PORTS VXLAN_PORTS \
    TEREDO_PORTS";

/// The longest text that a rule can look for, in bytes.
const MAX_CONTENT: usize = 255;

struct Composing {
    numbers: Numbers,
    rules: Sheet,
    snort: Sheet,
    values: Values,
    left_out: BTreeMap<String, String>,
}

/// The files and the manifest.
pub(super) fn compose(
    image: &Image,
    now: i64,
    range: Range,
    before: Option<&Manifest>,
) -> Result<(Vec<Sheet>, Manifest), NoNumbers> {
    let mut all: Vec<&Indicator> = image.indicators().map(AsRef::as_ref).collect();
    all.retain(|it| matches!(it.state(Some(now)), State::Active | State::Exported | State::FilesOnly));
    all.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    let sheet =
        |name| Sheet { name, text: "# Written by Vigie; see manifest.json.\n".to_owned(), entries: 0 };
    let mut composing = Composing {
        numbers: Numbers::new(range, before.map(|it| it.rules.as_slice()).unwrap_or_default()),
        rules: sheet("vigie.rules"),
        snort: sheet("vigie-snort.rules"),
        values: Values::default(),
        left_out: BTreeMap::new(),
    };
    for indicator in &all {
        composing.add(indicator)?;
    }
    let Composing { mut numbers, mut rules, snort, values, left_out } = composing;
    let mut sheets = values.write(&mut numbers, &mut rules)?;
    sheets.extend([rules, snort]);
    let mut reasons = BTreeMap::new();
    for reason in left_out.values() {
        *reasons.entry(reason.clone()).or_default() += 1;
    }
    let told = |nanos: i64| Timestamp::from_nanos_millis(nanos.into()).to_string();
    let manifest = Manifest {
        made: told(now),
        good_until: all.iter().filter_map(|it| it.validity.until).min().map(told),
        files: sheets.iter().map(|it| (it.name.to_owned(), it.entries)).collect(),
        left_out: reasons,
        left_out_indicators: left_out,
        rules: numbers.given(),
    };
    Ok((sheets, manifest))
}

impl Composing {
    fn add(&mut self, indicator: &Indicator) -> Result<(), NoNumbers> {
        match indicator.language {
            Language::Sensor(dialect) => self.rules_of(indicator, dialect),
            Language::Stix => self.values_of(indicator),
            Language::Sigma => {
                self.leave_out(indicator, "Sigma rules, which are for logs");
                Ok(())
            }
            Language::Yara => {
                self.leave_out(indicator, "YARA rules, which are for files");
                Ok(())
            }
        }
    }

    fn leave_out(&mut self, indicator: &Indicator, why: &str) {
        self.left_out.insert(indicator.id.to_string(), why.to_owned());
    }

    fn rules_of(&mut self, indicator: &Indicator, dialect: Dialect) -> Result<(), NoNumbers> {
        // They were read when the indicator was compiled.
        let Ok(rules) = Rule::parse_all(&indicator.pattern, dialect, &Limits::default()) else {
            self.leave_out(indicator, "a rule that cannot be read");
            return Ok(());
        };
        let known = |name: &str| VARIABLES.split_ascii_whitespace().any(|it| it == name);
        if rules.iter().flat_map(Rule::variables).any(|it| !known(it)) {
            self.leave_out(indicator, "a variable that not every sensor has");
            return Ok(());
        }
        let sheet = match dialect {
            Dialect::Suricata => &mut self.rules,
            Dialect::Snort => &mut self.snort,
        };
        for (part, rule) in rules.iter().enumerate() {
            let id = indicator.id.as_str();
            let sid = self.numbers.give(id, part, sheet.name)?;
            // Writing into memory does not fail.
            let _infallible = writeln!(sheet.text, "{}", rule.for_sensor(sid, id));
            sheet.entries += 1;
        }
        Ok(())
    }

    fn values_of(&mut self, indicator: &Indicator) -> Result<(), NoNumbers> {
        let atoms = match atom::atoms(indicator) {
            Ok(it) => it,
            Err(why) => {
                self.leave_out(indicator, &why.to_string());
                return Ok(());
            }
        };
        let urls: Vec<String> = atoms.into_iter().filter_map(|it| self.values.take(it)).collect();
        for (part, url) in urls.iter().enumerate() {
            match request(url) {
                Ok(lookup) => {
                    let id = indicator.id.as_str();
                    let sid = self.numbers.give(id, part, self.rules.name)?;
                    let _infallible = writeln!(
                        self.rules.text,
                        "alert http any any -> any any (msg:\"Vigie: the URL of an indicator\"; \
                         flow:established,to_server; {lookup} metadata:{INDICATOR_KEY} {id}; sid:{sid}; rev:1;)"
                    );
                    self.rules.entries += 1;
                }
                Err(why) => self.leave_out(indicator, why),
            }
        }
        Ok(())
    }
}

/// What a request for a URL looks like. No dataset holds URLs: a sensor sees host and path apart.
fn request(url: &str) -> Result<String, &'static str> {
    let rest = url.strip_prefix("http://").ok_or("a URL whose requests are not sent in the clear")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let path = path.split('#').next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let name = if host.ends_with(']') { host } else { host.split(':').next().unwrap_or_default() };
    if name.len().max(path.len()) > MAX_CONTENT {
        return Err("a URL that is too long for a rule");
    }
    let exactly = |text: &str| format!("content:\"{}\"; startswith; endswith;", content(text));
    Ok(format!("http.host; {} http.uri.raw; {}", exactly(name), exactly(path)))
}

/// A text as `content` writes it: all but letters, digits and a few signs in hex.
fn content(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/.-_=&?%~+,@!*'()".contains(&byte) {
            written.push(char::from(byte));
        } else {
            let _infallible = write!(written, "|{byte:02X}|");
        }
    }
    written
}
