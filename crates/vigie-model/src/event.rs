//! Events: what a sensor saw, as cyber-observable values.
//!
//! A reader turns one record of a log into one [`Event`]: a flat list of [`Observable`] values, each with the STIX
//! path that a pattern would use for it. Values with the same `object` number are properties of the same SCO, so that
//! `[network-traffic:dst_port = 443 AND network-traffic:dst_ref.value = '…']` can be decided exactly.
//!
//! Rules that speak of a log's own names (Sigma) read the [`Field`]s instead. Whoever reads a log says which of the two
//! views are [`Wanted`], for each costs time.
//!
//! Strings are borrowed from the reader's buffer wherever the record's own text can be used.

use std::borrow::Cow;
use std::fmt;

use crate::log::LogClass;

/// One record of telemetry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event<'a> {
    /// When it happened, nanoseconds since 1970. None when the record does not say.
    pub time: Option<i64>,
    /// The sensor's word for its kind, such as `dns`, `tls`, `conn`.
    pub kind: Cow<'a, str>,
    /// What was seen, in the order of the record.
    pub observables: Vec<Observable<'a>>,
    /// Which logs it belongs to; none where no mapping knows the record.
    pub log: Option<&'a LogClass>,
    /// What it says under the names that rules use, in the order of the record. A name may stand several times: a list
    /// has a field for each element, and a field may have a second name.
    pub fields: Vec<Field<'a>>,
    /// The indicators whose rules fired at the sensor itself, by their ids as an alert names them. Anybody can write
    /// one into a log, so an id counts only if a rule in force has it.
    pub alerted: Vec<Cow<'a, str>>,
}

/// A named value of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<'a> {
    /// The name; names inside each other are joined by dots, as in `winlog.event_data.Image`.
    pub name: Cow<'a, str>,
    /// The value.
    pub value: Scalar<'a>,
}

/// A value under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// The record says that there is none.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as the record writes it.
    Number(Cow<'a, str>),
    /// A text.
    Text(Cow<'a, str>),
}

/// Which views of a record are to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// [`Event::observables`].
    pub observables: bool,
    /// [`Event::log`] and [`Event::fields`].
    pub fields: bool,
}

impl Wanted {
    /// Both views.
    pub const ALL: Self = Self { observables: true, fields: true };
}

impl Scalar<'_> {
    /// The value as text; none for [`Scalar::Null`].
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Null => None,
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Number(it) | Self::Text(it) => Some(it),
        }
    }
}

/// One property of one object that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Observable<'a> {
    /// Which object of the event this property belongs to, from 0.
    pub object: u16,
    /// The object's type and the property's path.
    pub path: Path,
    /// The value.
    pub value: Observed<'a>,
}

/// A value that was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed<'a> {
    /// A string, as the sensor wrote it.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(i64),
    /// A reference to another object of the same event.
    Object(u16),
}

impl<'a> Event<'a> {
    /// Adds a property.
    pub fn push(&mut self, object: u16, path: Path, value: impl Into<Observed<'a>>) {
        self.observables.push(Observable { object, path, value: value.into() });
    }
}

impl<'a> From<&'a str> for Observed<'a> {
    fn from(it: &'a str) -> Self {
        Self::Text(Cow::Borrowed(it))
    }
}

impl<'a> From<Cow<'a, str>> for Observed<'a> {
    fn from(it: Cow<'a, str>) -> Self {
        Self::Text(it)
    }
}

impl From<i64> for Observed<'_> {
    fn from(it: i64) -> Self {
        Self::Number(it)
    }
}

/// As a pattern writes it (section 9.7 of STIX 2.1): `file:hashes.'SHA-256'`, `network-traffic:protocols[*]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.object_type())?;
        for (number, step) in self.steps().iter().enumerate() {
            let dot = if number == 0 { "" } else { "." };
            let plain = step.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
            match *step {
                "*" => f.write_str("[*]")?,
                step if plain => write!(f, "{dot}{step}")?,
                step => write!(f, "{dot}'{step}'")?,
            }
        }
        Ok(())
    }
}

macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident = $object_type:literal $(, $step:literal)+;)+) => {
        /// The properties that readers produce: an object type and the steps to a property of it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Path {
            $($(#[$doc])* $name,)+
        }

        impl Path {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The SCO type, such as `domain-name`.
            pub fn object_type(self) -> &'static str {
                match self {
                    $(Self::$name => $object_type,)+
                }
            }

            /// The steps from the object to the property; `*` stands for any element of a list.
            pub fn steps(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($step),+],)+
                }
            }
        }
    };
}

paths! {
    /// `domain-name:value`
    DomainName = "domain-name", "value";
    /// `domain-name:resolves_to_refs[*]`
    DomainResolvesTo = "domain-name", "resolves_to_refs", "*";
    /// `ipv4-addr:value`
    Ipv4 = "ipv4-addr", "value";
    /// `ipv6-addr:value`
    Ipv6 = "ipv6-addr", "value";
    /// `mac-addr:value`
    Mac = "mac-addr", "value";
    /// `url:value`
    Url = "url", "value";
    /// `email-addr:value`
    EmailAddress = "email-addr", "value";
    /// `email-message:subject`
    EmailSubject = "email-message", "subject";
    /// `email-message:from_ref`
    EmailFrom = "email-message", "from_ref";
    /// `email-message:to_refs[*]`
    EmailTo = "email-message", "to_refs", "*";
    /// `email-message:cc_refs[*]`
    EmailCc = "email-message", "cc_refs", "*";
    /// `file:name`
    FileName = "file", "name";
    /// `file:path`, which published indicators of spyware use; no property of STIX
    FilePath = "file", "path";
    /// `file:size`
    FileSize = "file", "size";
    /// `file:mime_type`
    FileMime = "file", "mime_type";
    /// `file:parent_directory_ref`
    FileFolder = "file", "parent_directory_ref";
    /// `directory:path`
    FolderPath = "directory", "path";
    /// `file:hashes.MD5`
    FileMd5 = "file", "hashes", "MD5";
    /// `file:hashes.'SHA-1'`
    FileSha1 = "file", "hashes", "SHA-1";
    /// `file:hashes.'SHA-256'`
    FileSha256 = "file", "hashes", "SHA-256";
    /// `file:hashes.'SHA-512'`
    FileSha512 = "file", "hashes", "SHA-512";
    /// `network-traffic:src_ref`
    TrafficSource = "network-traffic", "src_ref";
    /// `network-traffic:dst_ref`
    TrafficDestination = "network-traffic", "dst_ref";
    /// `network-traffic:src_port`
    TrafficSourcePort = "network-traffic", "src_port";
    /// `network-traffic:dst_port`
    TrafficDestinationPort = "network-traffic", "dst_port";
    /// `network-traffic:protocols[*]`
    TrafficProtocol = "network-traffic", "protocols", "*";
    /// `network-traffic:src_byte_count`
    TrafficSourceBytes = "network-traffic", "src_byte_count";
    /// `network-traffic:dst_byte_count`
    TrafficDestinationBytes = "network-traffic", "dst_byte_count";
    /// `network-traffic:src_packets`
    TrafficSourcePackets = "network-traffic", "src_packets";
    /// `network-traffic:dst_packets`
    TrafficDestinationPackets = "network-traffic", "dst_packets";
    /// `network-traffic:extensions.'http-request-ext'.request_method`
    HttpMethod = "network-traffic", "extensions", "http-request-ext", "request_method";
    /// `network-traffic:extensions.'http-request-ext'.request_value`
    HttpValue = "network-traffic", "extensions", "http-request-ext", "request_value";
    /// `network-traffic:extensions.'http-request-ext'.request_header.Host`
    HttpHost = "network-traffic", "extensions", "http-request-ext", "request_header", "Host";
    /// `network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'`
    HttpUserAgent = "network-traffic", "extensions", "http-request-ext", "request_header", "User-Agent";
    /// `network-traffic:extensions.'http-request-ext'.request_header.Referer`
    HttpReferer = "network-traffic", "extensions", "http-request-ext", "request_header", "Referer";
    /// `x509-certificate:subject`
    CertificateSubject = "x509-certificate", "subject";
    /// `x509-certificate:issuer`
    CertificateIssuer = "x509-certificate", "issuer";
    /// `x509-certificate:serial_number`
    CertificateSerial = "x509-certificate", "serial_number";
    /// `x509-certificate:hashes.MD5`
    CertificateMd5 = "x509-certificate", "hashes", "MD5";
    /// `x509-certificate:hashes.'SHA-1'`
    CertificateSha1 = "x509-certificate", "hashes", "SHA-1";
    /// `x509-certificate:hashes.'SHA-256'`
    CertificateSha256 = "x509-certificate", "hashes", "SHA-256";
    /// `user-account:user_id`
    UserId = "user-account", "user_id";
    /// `user-account:account_login`
    UserLogin = "user-account", "account_login";
    /// `process:command_line`
    ProcessCommandLine = "process", "command_line";
    /// `process:pid`
    ProcessId = "process", "pid";
    /// `process:name`, which STIX 2.1 dropped and published indicators still use
    ProcessName = "process", "name";
    /// `process:cwd`
    ProcessFolder = "process", "cwd";
    /// `process:image_ref`
    ProcessImage = "process", "image_ref";
    /// `process:parent_ref`
    ProcessParent = "process", "parent_ref";
    /// `process:creator_user_ref`
    ProcessUser = "process", "creator_user_ref";
    /// `process:extensions.'windows-service-ext'.service_name`
    ServiceName = "process", "extensions", "windows-service-ext", "service_name";
    /// `windows-registry-key:key`
    RegistryKey = "windows-registry-key", "key";
    /// `windows-registry-key:values[*].name`
    RegistryValueName = "windows-registry-key", "values", "*", "name";
    /// `windows-registry-key:values[*].data`
    RegistryValueData = "windows-registry-key", "values", "*", "data";
    /// `software:name`
    SoftwareName = "software", "name";
    /// `software:version`
    SoftwareVersion = "software", "version";
    /// `autonomous-system:number`
    AutonomousSystem = "autonomous-system", "number";
    /// `app:id`, which published indicators of spyware use: the name of a package; no type of STIX
    AppId = "app", "id";
    /// `app:cert.md5`, likewise: of the certificate that a package is signed with
    AppCertificateMd5 = "app", "cert", "md5";
    /// `app:cert.sha1`
    AppCertificateSha1 = "app", "cert", "sha1";
    /// `app:cert.sha256`
    AppCertificateSha256 = "app", "cert", "sha256";
    /// `configuration-profile:id`, likewise
    ProfileId = "configuration-profile", "id";
    /// `android-property:name`, likewise
    AndroidProperty = "android-property", "name";
}
