//! Which fields of Zeek's logs say what.
//!
//! [`ANY`] holds for every log, a table of [`LOGS`] for one; the log's own table comes first. A field of type `addr` that
//! no table names is an address all the same. `docs/spec/telemetry.md` prints these tables.

use crate::meaning::Meaning::{
    self, Address, AnotherFile, Answer, Application, Chain, Count, Domain, FileName, From, FromPort, Hash,
    Host, HttpHost, HttpMethod, HttpUri, Login, Mac, Mail, MailCc, MailFrom, MailTo, MaybeUrl, Nothing, Of,
    Query, Sender, Software, To, ToPort, Traffic, Transport, Url,
};
use crate::meaning::Slot::{self, Certificate, ClientCertificate, File};
use crate::meaning::Way::Main;
use crate::seen::Seen;
use crate::summary::Notes;
use foldhash::fast::RandomState;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;
use vigie_model::event::{Event, Path};

/// Names and their meanings.
pub(crate) type Fields = &'static [(&'static str, Meaning)];

type Index = HashMap<&'static str, Meaning, RandomState>;

/// A log, as far as its fields need to be understood.
#[derive(Clone, Copy)]
pub(crate) struct Log(&'static Known);

struct Known {
    index: Index,
    application: Option<&'static str>,
}

impl Known {
    fn new(application: &'static str, fields: Fields) -> Self {
        let index = ANY.iter().chain(fields).copied().collect();
        Self { index, application: Some(application).filter(|it| !it.is_empty()) }
    }
}

static KNOWN: LazyLock<HashMap<&'static str, Known, RandomState>> = LazyLock::new(|| {
    LOGS.iter().map(|(name, application, fields)| (*name, Known::new(application, fields))).collect()
});

static UNKNOWN: LazyLock<Known> = LazyLock::new(|| Known::new("", &[]));

impl Log {
    /// By the name that its `#path` or `_path` gives; `http-2` and `http_red` are understood as `http`.
    pub(crate) fn named(path: &str) -> Self {
        let base = path.split('-').next().unwrap_or_default();
        let base = base.strip_suffix("_red").unwrap_or(base);
        Self(KNOWN.get(base).unwrap_or(&UNKNOWN))
    }

    /// What a field says; None if it is not known.
    pub(crate) fn meaning(self, name: &str) -> Option<Meaning> {
        self.0.index.get(name).copied()
    }
}

/// The event of a record whose fields were all taken.
pub(super) fn finish<'a>(mut seen: Seen<'a>, log: Log, notes: &mut Notes) -> Event<'a> {
    if let Some(application) = log.0.application {
        seen.take(Application, Cow::Borrowed(application));
    }
    if seen.is_full() {
        notes.count("zeek", "values beyond the limit");
    }
    let event = seen.finish();
    if event.observables.is_empty() {
        notes.count("zeek log without observables", &event.kind);
    }
    event
}

/// The log that has one of these fields, for records that do not name theirs.
pub(super) fn log_of<'n>(mut names: impl Iterator<Item = &'n str>) -> &'static str {
    let told = |name: &str| TELLING.iter().find(|it| it.0 == name).map(|it| it.1);
    names.find_map(told).unwrap_or_default()
}

/// Fields that only one log has.
const TELLING: &[(&str, &str)] = &[
    ("conn_state", "conn"),
    ("qtype_name", "dns"),
    ("trans_id", "dns"),
    ("trans_depth", "http"),
    ("ssl_history", "ssl"),
    ("cipher", "ssl"),
    ("certificate.subject", "x509"),
    ("tx_hosts", "files"),
    ("seen_bytes", "files"),
    ("rcptto", "smtp"),
    ("helo", "smtp"),
    ("request_type", "kerberos"),
    ("domainname", "ntlm"),
    ("native_file_system", "smb_mapping"),
    ("times.modified", "smb_files"),
    ("issuer_subject", "known_certs"),
    ("msg_types", "dhcp"),
    ("request_from", "sip"),
    ("auth_attempts", "ssh"),
    ("software_type", "software"),
    ("keyboard_layout", "rdp"),
    ("compile_ts", "pe"),
    ("note", "notice"),
    ("tunnel_type", "tunnel"),
];

/// Fields of every log.
pub(crate) const ANY: Fields = &[
    ("id.orig_h", From(Main)),
    ("id.orig_p", FromPort(Main)),
    ("id.resp_h", To(Main)),
    ("id.resp_p", ToPort(Main)),
    ("id_orig_h", From(Main)),
    ("id_orig_p", FromPort(Main)),
    ("id_resp_h", To(Main)),
    ("id_resp_p", ToPort(Main)),
    ("orig_h", From(Main)),
    ("orig_p", FromPort(Main)),
    ("resp_h", To(Main)),
    ("resp_p", ToPort(Main)),
    ("src", From(Main)),
    ("dst", To(Main)),
    ("src_ip", From(Main)),
    ("src_port", FromPort(Main)),
    ("dst_ip", To(Main)),
    ("dst_port", ToPort(Main)),
    ("src_addr", From(Main)),
    ("dst_addr", To(Main)),
    ("proto", Transport(Main)),
    ("orig_l2_addr", Mac),
    ("resp_l2_addr", Mac),
    ("mac", Mac),
    ("src_mac", Mac),
    ("dst_mac", Mac),
    ("orig_hw", Mac),
    ("resp_hw", Mac),
    ("server_name", Host),
    ("md5", Hash(File)),
    ("sha1", Hash(File)),
    ("sha256", Hash(File)),
    ("filename", FileName(File)),
    ("user", Login),
    ("username", Login),
];

/// Each log's name, the protocol it is about, and its own fields.
pub(crate) const LOGS: &[(&str, &str, Fields)] = &[
    (
        "conn",
        "",
        &[
            ("service", Application),
            ("orig_bytes", Traffic(Path::TrafficSourceBytes)),
            ("resp_bytes", Traffic(Path::TrafficDestinationBytes)),
            ("orig_pkts", Traffic(Path::TrafficSourcePackets)),
            ("resp_pkts", Traffic(Path::TrafficDestinationPackets)),
        ],
    ),
    ("dns", "dns", &[("query", Query), ("answers", Answer)]),
    (
        "http",
        "http",
        &[
            ("host", HttpHost),
            ("uri", HttpUri),
            ("method", HttpMethod),
            ("referrer", Meaning::HttpReferer),
            ("user_agent", Meaning::HttpUserAgent),
            ("orig_filenames", AnotherFile),
            ("resp_filenames", AnotherFile),
        ],
    ),
    (
        "websocket",
        "websocket",
        &[("host", HttpHost), ("uri", HttpUri), ("user_agent", Meaning::HttpUserAgent)],
    ),
    (
        "ssl",
        "tls",
        &[
            ("subject", Of(Certificate, Path::CertificateSubject)),
            ("issuer", Of(Certificate, Path::CertificateIssuer)),
            ("issuer_subject", Of(Certificate, Path::CertificateIssuer)),
            ("server_cert_sha1", Hash(Certificate)),
            ("cert_hash", Hash(Certificate)),
            ("cert_chain_fps", Chain(Certificate)),
            ("client_subject", Of(ClientCertificate, Path::CertificateSubject)),
            ("client_issuer", Of(ClientCertificate, Path::CertificateIssuer)),
            ("client_issuer_subject", Of(ClientCertificate, Path::CertificateIssuer)),
            ("client_cert_chain_fps", Chain(ClientCertificate)),
        ],
    ),
    (
        "x509",
        "",
        &[
            ("fingerprint", Hash(Certificate)),
            ("certificate.subject", Of(Certificate, Path::CertificateSubject)),
            ("certificate.issuer", Of(Certificate, Path::CertificateIssuer)),
            ("certificate.serial", Of(Certificate, Path::CertificateSerial)),
            ("san.dns", Domain),
            ("san.uri", MaybeUrl),
            ("san.email", Mail),
            ("san.ip", Address),
        ],
    ),
    (
        "known_certs",
        "",
        &[
            ("host", Address),
            ("subject", Of(Certificate, Path::CertificateSubject)),
            ("issuer_subject", Of(Certificate, Path::CertificateIssuer)),
            ("serial", Of(Certificate, Path::CertificateSerial)),
        ],
    ),
    (
        "files",
        "",
        &[
            ("tx_hosts", Address),
            ("rx_hosts", Address),
            ("mime_type", Of(File, Path::FileMime)),
            ("total_bytes", Count(File, Path::FileSize)),
        ],
    ),
    (
        "smtp",
        "smtp",
        &[
            ("helo", Host),
            ("mailfrom", Sender),
            ("rcptto", MailTo),
            ("from", MailFrom),
            ("to", MailTo),
            ("cc", MailCc),
            ("reply_to", Mail),
            ("subject", Of(Slot::Mail, Path::EmailSubject)),
            ("x_originating_ip", Address),
            ("path", Address),
        ],
    ),
    (
        "ftp",
        "ftp",
        &[
            ("arg", MaybeUrl),
            ("mime_type", Of(File, Path::FileMime)),
            ("file_size", Count(File, Path::FileSize)),
        ],
    ),
    ("ssh", "ssh", &[("client", Software), ("server", Software)]),
    (
        "kerberos",
        "krb5",
        &[
            ("client", Login),
            ("client_cert_subject", Of(ClientCertificate, Path::CertificateSubject)),
            ("server_cert_subject", Of(Certificate, Path::CertificateSubject)),
        ],
    ),
    ("ntlm", "", &[("server_dns_computer_name", Domain), ("server_tree_name", Domain)]),
    ("rdp", "rdp", &[("cookie", Login)]),
    ("radius", "radius", &[("framed_addr", Address)]),
    (
        "smb_files",
        "smb",
        &[("name", FileName(File)), ("size", Count(File, Path::FileSize)), ("prev_name", AnotherFile)],
    ),
    ("smb_mapping", "smb", &[]),
    (
        "smb_cmd",
        "smb",
        &[
            ("referenced_file.name", FileName(File)),
            ("referenced_file.size", Count(File, Path::FileSize)),
            ("referenced_file.prev_name", AnotherFile),
        ],
    ),
    (
        "dhcp",
        "dhcp",
        &[
            ("client_addr", Address),
            ("server_addr", Address),
            ("requested_addr", Address),
            ("assigned_addr", Address),
            ("assigned_ip", Address),
            ("client_fqdn", Domain),
            ("domain", Domain),
        ],
    ),
    ("sip", "sip", &[("uri", Url)]),
    ("socks", "socks", &[("request.host", Address), ("request.name", Domain), ("bound.host", Address)]),
    ("quic", "quic", &[]),
    (
        "software",
        "",
        &[("host", Address), ("name", Of(Slot::Software, Path::SoftwareName)), ("unparsed_version", Nothing)],
    ),
    ("known_hosts", "", &[("host", Address)]),
    ("known_services", "", &[("host", Address)]),
    ("notice", "", &[("p", ToPort(Main)), ("remote_location", Nothing), ("file_mime_type", Nothing)]),
    ("openflow", "", &[("match.dl_src", Mac), ("match.dl_dst", Mac)]),
    ("intel", "", &[("seen.host", Address)]),
    ("rfb", "rfb", &[]),
    ("snmp", "snmp", &[]),
    ("mysql", "mysql", &[]),
    ("ntp", "ntp", &[]),
    ("ldap", "ldap", &[]),
    ("dce_rpc", "dcerpc", &[]),
    ("modbus", "modbus", &[]),
    ("dnp3", "dnp3", &[]),
    ("syslog", "syslog", &[]),
    ("redis", "redis", &[]),
];
