//! Which members of EVE's protocol objects say what.
//!
//! One table for each object, searched by name. A member that is not in its table says nothing that STIX has a property
//! for. `docs/spec/telemetry.md` prints these tables.

use crate::meaning::Meaning::{
    self, Address, AnotherFile, Count, Domain, FileName, From, FromPort, Hash, Host, HttpHost, HttpMethod,
    HttpPort, HttpUri, Login, Mac, Mail, MailCc, MailFrom, MailTo, Of, Sender, Software, To, ToPort, Traffic,
    Transport, Url,
};
use crate::meaning::Slot::{self, Certificate, ClientCertificate, File, Mail as Message};
use crate::meaning::Way;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::LazyLock;
use vigie_model::event::Path;

/// The members of an object.
pub(crate) type Fields = &'static [(&'static str, Rule)];

/// How a member is read. A list is read as each of its elements.
#[derive(Debug)]
pub(crate) enum Rule {
    /// A text or number with a meaning.
    Is(Meaning),
    /// An object with members.
    In(Fields),
    /// An object with members that describes one more thing of its kind.
    Each(Slot, Fields),
    /// `{"name": …, "value": …}`
    Headers,
}

use Rule::{Each, Headers, In, Is};

/// A member at the top of an event: its rule, or that it holds nothing that STIX has a property for. None: never seen.
pub(super) fn top(name: &str) -> Option<(&'static str, Option<&'static Rule>)> {
    INDEX.get(name).copied()
}

type Index = HashMap<&'static str, (&'static str, Option<&'static Rule>), RandomState>;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let silent = SILENT.iter().map(|name| (*name, (*name, None)));
    silent.chain(TOP.iter().map(|(name, rule)| (*name, (*name, Some(rule))))).collect()
});

/// Members at the top that hold nothing that STIX has a property for.
const SILENT: &[&str] = &[
    "anomaly",
    "app_proto_expected",
    "app_proto_orig",
    "app_proto_tc",
    "app_proto_ts",
    "capture_file",
    "community_id",
    "dcerpc",
    "direction",
    "dnp3",
    "doh2",
    "drop",
    "engine",
    "enip",
    "flow_id",
    "frame",
    "host",
    "icmp_code",
    "icmp_type",
    "ike",
    "in_iface",
    "ip_v",
    "log_level",
    "metadata",
    "modbus",
    "netflow",
    "packet",
    "packet_info",
    "parent_id",
    "payload",
    "payload_length",
    "payload_printable",
    "pcap_cnt",
    "pcap_filename",
    "pkt_src",
    "pop3",
    "response_icmp_code",
    "response_icmp_type",
    "rfb",
    "rpc",
    "spi",
    "stats",
    "stream",
    "tcp",
    "template",
    "traffic",
    "tx_guessed",
    "tx_id",
    "udp",
    "vars",
    "verdict",
    "vlan",
    "websocket",
];

/// Members at the top of an event, without those that the reader itself knows.
pub(crate) const TOP: Fields = &[
    ("flow", In(FLOW)),
    ("alert", In(&[("metadata", In(&[("vigie_indicator", Is(Meaning::Alerted))]))])),
    ("http", In(HTTP)),
    ("files", Each(File, FILE)),
    ("fileinfo", Each(File, FILE)),
    ("tls", In(TLS)),
    ("smb", In(SMB)),
    ("ssh", In(SSH)),
    ("quic", In(&[("sni", Is(Host)), ("ua", Is(Software))])),
    ("smtp", In(&[("helo", Is(Host)), ("mail_from", Is(Sender)), ("rcpt_to", Is(MailTo))])),
    ("email", In(EMAIL)),
    ("ftp_data", In(&[("filename", Is(AnotherFile))])),
    ("tftp", In(&[("file", Is(AnotherFile))])),
    (
        "nfs",
        In(&[
            ("filename", Is(AnotherFile)),
            ("rename", In(&[("from", Is(AnotherFile)), ("to", Is(AnotherFile))])),
        ]),
    ),
    ("krb5", In(&[("cname", Is(Login))])),
    ("snmp", In(&[("trap_address", Is(Address))])),
    ("sip", In(&[("uri", Is(Url))])),
    ("rdp", In(&[("cookie", Is(Login))])),
    ("mqtt", In(&[("connect", In(&[("username", Is(Login))]))])),
    ("dhcp", In(DHCP)),
    (
        "arp",
        In(&[("src_ip", Is(Address)), ("dest_ip", Is(Address)), ("src_mac", Is(Mac)), ("dest_mac", Is(Mac))]),
    ),
    ("ether", In(ETHER)),
    ("ip", Is(Address)),
    ("xff", Is(Address)),
    ("tunnel", In(TUNNEL)),
    ("pgsql", In(&[("request", In(&[("startup_parameters", In(&[("user", Is(Login))]))]))])),
    ("ldap", In(&[("request", In(&[("bind_request", In(&[("name", Is(Login))]))]))])),
    ("bittorrent_dht", In(DHT)),
];

const FLOW: Fields = &[
    ("pkts_toserver", Is(Traffic(Path::TrafficSourcePackets))),
    ("pkts_toclient", Is(Traffic(Path::TrafficDestinationPackets))),
    ("bytes_toserver", Is(Traffic(Path::TrafficSourceBytes))),
    ("bytes_toclient", Is(Traffic(Path::TrafficDestinationBytes))),
    ("src_ip", Is(From(Way::Flow))),
    ("dest_ip", Is(To(Way::Flow))),
    ("src_port", Is(FromPort(Way::Flow))),
    ("dest_port", Is(ToPort(Way::Flow))),
];

const TUNNEL: Fields = &[
    ("src_ip", Is(From(Way::Tunnel))),
    ("dest_ip", Is(To(Way::Tunnel))),
    ("src_port", Is(FromPort(Way::Tunnel))),
    ("dest_port", Is(ToPort(Way::Tunnel))),
    ("proto", Is(Transport(Way::Tunnel))),
];

const HTTP: Fields = &[
    ("hostname", Is(HttpHost)),
    ("url", Is(HttpUri)),
    ("http_port", Is(HttpPort)),
    ("http_user_agent", Is(Meaning::HttpUserAgent)),
    ("http_method", Is(HttpMethod)),
    ("http_refer", Is(Meaning::HttpReferer)),
    ("redirect", Is(Meaning::MaybeUrl)),
    ("xff", Is(Address)),
    ("request_headers", Headers),
];

/// Headers that say what a member of HTTP/1 says; `:` begins a pseudo-header of HTTP/2.
pub(crate) const HEADERS: &[(&str, Meaning)] = &[
    (":authority", HttpHost),
    (":path", HttpUri),
    (":method", HttpMethod),
    ("host", HttpHost),
    ("user-agent", Meaning::HttpUserAgent),
    ("referer", Meaning::HttpReferer),
];

const FILE: Fields = &[
    ("filename", Is(FileName(File))),
    ("size", Is(Count(File, Path::FileSize))),
    ("md5", Is(Hash(File))),
    ("sha1", Is(Hash(File))),
    ("sha256", Is(Hash(File))),
];

const TLS: Fields = &[
    ("sni", Is(Host)),
    ("subject", Is(Of(Certificate, Path::CertificateSubject))),
    ("issuerdn", Is(Of(Certificate, Path::CertificateIssuer))),
    ("serial", Is(Of(Certificate, Path::CertificateSerial))),
    ("fingerprint", Is(Hash(Certificate))),
    ("subjectaltname", Is(Domain)),
    (
        "client",
        In(&[
            ("subject", Is(Of(ClientCertificate, Path::CertificateSubject))),
            ("issuerdn", Is(Of(ClientCertificate, Path::CertificateIssuer))),
            ("serial", Is(Of(ClientCertificate, Path::CertificateSerial))),
            ("fingerprint", Is(Hash(ClientCertificate))),
        ]),
    ),
];

const SSH: Fields = &[
    ("client", In(&[("software_version", Is(Software))])),
    ("server", In(&[("software_version", Is(Software))])),
];

const SMB: Fields = &[
    ("filename", Is(AnotherFile)),
    ("ntlmssp", In(&[("user", Is(Login))])),
    ("rename", In(&[("from", Is(AnotherFile)), ("to", Is(AnotherFile))])),
];

const EMAIL: Fields = &[
    ("from", Is(MailFrom)),
    ("to", Is(MailTo)),
    ("cc", Is(MailCc)),
    ("bcc", Is(Mail)),
    ("reply_to", Is(Mail)),
    ("subject", Is(Of(Message, Path::EmailSubject))),
    ("url", Is(Url)),
    ("attachment", Is(AnotherFile)),
    ("x_originating_ip", Is(Address)),
];

const DHCP: Fields = &[
    ("client_mac", Is(Mac)),
    ("assigned_ip", Is(Address)),
    ("client_ip", Is(Address)),
    ("relay_ip", Is(Address)),
    ("next_server_ip", Is(Address)),
    ("requested_ip", Is(Address)),
    ("routers", Is(Address)),
    ("dns_servers", Is(Address)),
];

const ETHER: Fields =
    &[("src_mac", Is(Mac)), ("dest_mac", Is(Mac)), ("src_macs", Is(Mac)), ("dest_macs", Is(Mac))];

const PEER: Fields = &[("ip", Is(Address))];

const DHT: Fields = &[("response", In(&[("nodes", In(PEER)), ("nodes6", In(PEER)), ("values", In(PEER))]))];
