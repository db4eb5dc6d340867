//! What an administrator may set: a file, then the environment, then the command line.
//!
//! The file is TOML with one section for each struct here. The environment overrides it, one variable for each key:
//! `VIGIE_LIMITS__MAX_PAGE=500` is `max_page` of `[limits]`. A key that is not listed here is refused by name, in
//! both. `docs/configuration.md` lists every key; a test keeps it complete.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use vigie_app::read_rules::RuleFiles;
use vigie_app::settings::{Limits, Settings};
use vigie_app::watch_events::WindowLimits;

use crate::web;

/// The whole configuration.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the node is reached.
    pub listen: ListenConfig,
    /// What one request or file may cost.
    pub limits: LimitsConfig,
    /// What connections and requests together may cost.
    pub server: ServerConfig,
    /// The logs that the node follows.
    pub telemetry: TelemetryConfig,
    /// What it detects with, beside what allies share.
    pub detection: DetectionConfig,
    /// How allies are told.
    pub federation: FederationConfig,
    /// What the node says of itself.
    pub log: LogConfig,
}

/// Where the node is reached.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListenConfig {
    /// Address and port; port 0 takes a free one.
    pub address: String,
    /// Serve without TLS. Only on a loopback address.
    pub plain_http: bool,
    /// A PEM certificate chain instead of the node's own certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_cert: Option<PathBuf>,
    /// The PEM private key of `tls_cert`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
}

/// What one request or file may cost.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Bytes of one TAXII request body.
    pub max_content_length: usize,
    /// Objects in one envelope or bundle.
    pub max_objects: usize,
    /// Objects on one page, whatever is asked.
    pub max_page: usize,
    /// Objects on a page when nothing is asked.
    pub default_page: usize,
    /// Bytes of database pages kept in memory.
    pub cache_bytes: usize,
    /// Hours for which the outcome of a TAXII request can be asked.
    pub keep_status_hours: u64,
}

/// What connections and requests together may cost.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Connections at once.
    pub max_connections: usize,
    /// Connections at once from one address.
    pub max_connections_per_address: usize,
    /// HTTP/2 requests at once on one connection.
    pub max_streams: u32,
    /// Bytes of a request's line and headers.
    pub max_header_bytes: usize,
    /// Pages that are being made or sent at once.
    pub max_pages: usize,
    /// Bytes of request bodies in memory at once.
    pub max_body_bytes: usize,
    /// Notice channels at once.
    pub max_notice_channels: usize,
    /// Seconds that a TLS handshake may take.
    pub handshake_s: u64,
    /// Seconds that a client may take to send request headers.
    pub headers_s: u64,
    /// Seconds for which a client may refuse bytes that are ready for it.
    pub stall_s: u64,
    /// Seconds that requests under way may take once the node stops.
    pub drain_s: u64,
    /// Seconds that a request waits for its turn before the node says that it is busy.
    pub turn_s: u64,
    /// Seconds that an answer may take to begin.
    pub answer_s: u64,
    /// Seconds that a client may take to receive one page.
    pub send_s: u64,
    /// Seconds that a request with a body may take, its sending included.
    pub upload_s: u64,
    /// Seconds after which a notice channel must prove itself again.
    pub channel_life_s: u64,
}

/// The logs that the node follows.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// Logs that grow, in any format that is read line by line.
    pub files: Vec<PathBuf>,
    /// Milliseconds between two looks at them.
    pub poll_ms: u64,
}

/// What the node detects with, beside what allies share.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DetectionConfig {
    /// Files and folders of rules: Sigma, STIX, YARA, Suricata, Snort.
    pub rules: Vec<PathBuf>,
    /// Files and folders of STIX bundles and plain lists.
    pub indicators: Vec<PathBuf>,
    /// Files and folders of MISP warning lists.
    pub warning_lists: Vec<PathBuf>,
    /// Seconds for which events are remembered for a pattern over several events that does not say.
    pub horizon_s: u32,
    /// Seconds by which an event may come late and still be part of such a pattern.
    pub lateness_s: u32,
    /// Events remembered for all such patterns together.
    pub max_events: usize,
}

/// How allies are told.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct FederationConfig {
    /// Milliseconds between two looks whether another process of this node wrote something.
    pub change_poll_ms: u64,
    /// Seconds between two versions of one sighting.
    pub sighting_interval_s: u64,
}

/// What the node says of itself.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,vigie=debug`.
    pub level: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not TOML, or holds a key or value that is not allowed.
    #[error("`{}` cannot be used: {why}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong, with the place.
        why: String,
    },
    /// A variable of the environment is not allowed.
    #[error("the environment cannot be used: {0}; see docs/configuration.md")]
    Environment(String),
}

impl Config {
    /// Reads a file and lets the environment override it. A file that was not asked for may be absent.
    pub fn load(
        file: &Path,
        asked_for: bool,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !asked_for => String::new(),
            Err(source) => return Err(ConfigError::Read { file: file.to_owned(), source }),
        };
        Self::parse(&text, file, environment)
    }

    /// Reads the text of a file and lets the environment override it. `file` names it in errors.
    pub fn parse(
        text: &str,
        file: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let bad = |error: toml::de::Error| ConfigError::File {
            file: file.to_owned(),
            why: error.to_string().trim_end().to_owned(),
        };
        let from_file: Self = toml::from_str(text).map_err(bad)?;
        let mut table = Table::try_from(&from_file).map_err(|it| ConfigError::Environment(it.to_string()))?;
        for (name, value) in environment {
            override_key(&mut table, &name, &value)?;
        }
        table.try_into().map_err(|it: toml::de::Error| ConfigError::Environment(it.message().to_owned()))
    }

    /// The bounds of the server.
    pub fn options(&self) -> web::Options {
        let it = &self.server;
        web::Options {
            listen: web::listen::Limits {
                max_connections: it.max_connections,
                max_connections_per_address: it.max_connections_per_address,
                max_streams: it.max_streams,
                max_header_bytes: it.max_header_bytes,
                handshake: Duration::from_secs(it.handshake_s),
                headers: Duration::from_secs(it.headers_s),
                stall: Duration::from_secs(it.stall_s),
                drain: Duration::from_secs(it.drain_s),
            },
            max_pages: it.max_pages,
            body_memory: it.max_body_bytes,
            max_notices: it.max_notice_channels,
            turn: Duration::from_secs(it.turn_s),
            answer: Duration::from_secs(it.answer_s),
            send: Duration::from_secs(it.send_s),
            upload: Duration::from_secs(it.upload_s),
            channel_life: Duration::from_secs(it.channel_life_s),
        }
    }

    /// The node's settings in a folder.
    pub fn settings(&self, data: &Path) -> Settings {
        Settings {
            limits: Limits {
                max_content_length: self.limits.max_content_length,
                max_objects: self.limits.max_objects,
                max_page: self.limits.max_page,
                default_page: self.limits.default_page,
                cache_bytes: self.limits.cache_bytes,
                keep_status: Duration::from_secs(self.limits.keep_status_hours.saturating_mul(3600)),
            },
            telemetry: self.telemetry.files.clone(),
            rules: RuleFiles {
                indicators: self.detection.indicators.clone(),
                rules: self.detection.rules.clone(),
                warning_lists: self.detection.warning_lists.clone(),
            },
            windows: WindowLimits {
                horizon: nanoseconds(self.detection.horizon_s),
                lateness: nanoseconds(self.detection.lateness_s),
                events: self.detection.max_events,
                ..WindowLimits::default()
            },
            change_poll: Duration::from_millis(self.federation.change_poll_ms),
            telemetry_poll: Duration::from_millis(self.telemetry.poll_ms),
            sighting_interval: Duration::from_secs(self.federation.sighting_interval_s),
            ..Settings::new(data)
        }
    }
}

fn nanoseconds(seconds: u32) -> i64 {
    i64::from(seconds) * 1_000_000_000
}

/// `VIGIE_SECTION__KEY`: other variables are not ours.
fn override_key(table: &mut Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let Some((section, key)) = name.strip_prefix("VIGIE_").and_then(|it| it.split_once("__")) else {
        return Ok(());
    };
    let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
    let Some(Value::Table(section)) = table.get_mut(&section) else {
        return Err(ConfigError::Environment(format!("`{name}` names no section")));
    };
    // A value that TOML reads as a number, boolean or list is one; all else is a string.
    let read =
        toml::from_str::<Table>(&format!("value = {value}")).ok().and_then(|mut it| it.remove("value"));
    section.insert(key, read.unwrap_or_else(|| Value::String(value.to_owned())));
    Ok(())
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self { address: "127.0.0.1:8443".to_owned(), plain_http: false, tls_cert: None, tls_key: None }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            max_content_length: limits.max_content_length,
            max_objects: limits.max_objects,
            max_page: limits.max_page,
            default_page: limits.default_page,
            cache_bytes: limits.cache_bytes,
            keep_status_hours: limits.keep_status.as_secs() / 3600,
        }
    }
}

impl Default for ServerConfig {
    fn default() -> Self {
        let options = web::Options::default();
        Self {
            max_connections: options.listen.max_connections,
            max_connections_per_address: options.listen.max_connections_per_address,
            max_streams: options.listen.max_streams,
            max_header_bytes: options.listen.max_header_bytes,
            max_pages: options.max_pages,
            max_body_bytes: options.body_memory,
            max_notice_channels: options.max_notices,
            handshake_s: options.listen.handshake.as_secs(),
            headers_s: options.listen.headers.as_secs(),
            stall_s: options.listen.stall.as_secs(),
            drain_s: options.listen.drain.as_secs(),
            turn_s: options.turn.as_secs(),
            answer_s: options.answer.as_secs(),
            send_s: options.send.as_secs(),
            upload_s: options.upload.as_secs(),
            channel_life_s: options.channel_life.as_secs(),
        }
    }
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { files: Vec::new(), poll_ms: 20 }
    }
}

impl Default for DetectionConfig {
    fn default() -> Self {
        let windows = WindowLimits::default();
        Self {
            rules: Vec::new(),
            indicators: Vec::new(),
            warning_lists: Vec::new(),
            horizon_s: seconds(windows.horizon),
            lateness_s: seconds(windows.lateness),
            max_events: windows.events,
        }
    }
}

fn seconds(nanoseconds: i64) -> u32 {
    u32::try_from(nanoseconds / 1_000_000_000).unwrap_or(u32::MAX)
}

impl Default for FederationConfig {
    fn default() -> Self {
        Self { change_poll_ms: 20, sighting_interval_s: 60 }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: &str, environment: &[(&str, &str)], want: Result<fn(&Config) -> bool, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vigie.toml");
        std::fs::write(&path, file).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        match (Config::load(&path, true, environment), want) {
            (Ok(config), Ok(holds)) => assert!(holds(&config), "{config:?}"),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (got, _) => panic!("{file}: {got:?}"),
        }
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_the_defaults() {
        check("", &[], Ok(|it| it.limits.default_page == 1000));
        check("[limits]\nmax_page = 7", &[], Ok(|it| it.limits.max_page == 7));
        check("[limits]\nmax_page = 7", &[("VIGIE_LIMITS__MAX_PAGE", "9")], Ok(|it| it.limits.max_page == 9));
        check("", &[("VIGIE_LOG__LEVEL", "debug")], Ok(|it| it.log.level == "debug"));
        check("", &[("VIGIE_TELEMETRY__FILES", "[\"a\",\"b\"]")], Ok(|it| it.telemetry.files.len() == 2));
        check("", &[("VIGIE_DATA", "x"), ("HOME", "y")], Ok(|_| true));
    }

    #[test]
    fn a_time_beyond_all_measure_is_for_ever() {
        let text = "[limits]\nkeep_status_hours = 9223372036854775807";
        let config = Config::parse(text, Path::new("vigie.toml"), []).unwrap();
        assert_eq!(config.settings(Path::new("data")).limits.keep_status, Duration::from_secs(u64::MAX));
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        check("[limits]\nmax_pages = 7", &[], Err("max_pages"));
        check("[limit]\nmax_page = 7", &[], Err("limit"));
        check("[limits]\nmax_page = \"many\"", &[], Err("line 2"));
        check("", &[("VIGIE_LIMITS__MAX_PAGES", "9")], Err("max_pages"));
        check("", &[("VIGIE_LIMIT__MAX_PAGE", "9")], Err("VIGIE_LIMIT__MAX_PAGE"));
    }

    #[test]
    fn every_key_is_documented() {
        let book = include_str!("../../../docs/configuration.md");
        let full = Config {
            listen: ListenConfig {
                tls_cert: Some("x".into()),
                tls_key: Some("x".into()),
                ..ListenConfig::default()
            },
            ..Config::default()
        };
        let table = Table::try_from(full).unwrap();
        for (section, keys) in &table {
            assert!(book.contains(&format!("## [{section}]")), "[{section}]");
            for key in keys.as_table().unwrap().keys() {
                assert!(book.contains(&format!("| `{key}` |")), "{section}.{key}");
            }
        }
    }
}
