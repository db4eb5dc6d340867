//! What a field of a record says, in terms of STIX.
//!
//! Each reader, or the mapping of its logs, names a [`Meaning`] for each field they know and hand its text to [`Seen::take`], which alone knows how a
//! text becomes observables. So a field of Suricata and one of Zeek with the same meaning give the same properties.

mod names;

use vigie_model::event::Path;

/// What a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing that STIX has a property for.
    Nothing,
    /// An IP address: `ipv4-addr:value` or `ipv6-addr:value`.
    Address,
    /// A host by name or address, perhaps with a port.
    Host,
    /// A domain name and nothing else; a leading `*.` is cut.
    Domain,
    /// The name that was asked of a name server; answers belong to it.
    Query,
    /// An answer of a name server: an address, a name, or text that is neither.
    Answer,
    /// A URL; without a scheme, a host and a path.
    Url,
    /// A URL if the text holds `://`, else nothing.
    MaybeUrl,
    /// `mac-addr:value`.
    Mac,
    /// One or more mail addresses, perhaps with display names: `email-addr:value`.
    Mail,
    /// The same, and the header `From`: `email-message:from_ref`.
    MailFrom,
    /// The same, and one of `email-message:to_refs`.
    MailTo,
    /// The same, and one of `email-message:cc_refs`.
    MailCc,
    /// The sender that the envelope names: `email-message:from_ref` where no header says otherwise.
    Sender,
    /// A property of an object of the record, as the text stands.
    Of(Slot, Path),
    /// A whole number that is a property of an object of the record.
    Count(Slot, Path),
    /// A hash of the file or certificate; its length says which.
    Hash(Slot),
    /// SHA-256 values: the certificate that was shown, then those that vouch for it, each an object of its own.
    Chain(Slot),
    /// A file's name, perhaps with a path: `file:name` as written and its last part.
    FileName(Slot),
    /// The name of one more file.
    AnotherFile,
    /// A user's name: `user-account:account_login`; Kerberos' `/REALM` is cut.
    Login,
    /// A name of software: `software:name`.
    Software,
    /// An end of the connection.
    From(Way),
    /// The other end of the connection.
    To(Way),
    /// The port of [`Meaning::From`].
    FromPort(Way),
    /// The port of [`Meaning::To`].
    ToPort(Way),
    /// `tcp`, `udp`, `icmp`…
    Transport(Way),
    /// A protocol above that, or several with commas.
    Application,
    /// A count of bytes or packets of the connection.
    Traffic(Path),
    /// The header `Host` of a request, perhaps with a port.
    HttpHost,
    /// The port that the header `Host` names.
    HttpPort,
    /// The path of a request, or its whole URL.
    HttpUri,
    /// The method of a request.
    HttpMethod,
    /// The header `User-Agent` of a request.
    HttpUserAgent,
    /// The header `Referer` of a request.
    HttpReferer,
    /// The path of a program, which a process runs: `file:name`, its folder, `process:image_ref`.
    Image(Slot),
    /// The number of a process, in decimal or as `0x1f4`.
    Pid(Slot),
    /// The path of a file: `file:name` as written and its last part, and the folder that it lies in.
    FilePath(Slot),
    /// Hashes of a file with their names: `SHA1=…,MD5=…,SHA256=…`.
    Hashes(Slot),
    /// A key of the registry.
    RegistryKey,
    /// A key of the registry, and after the last `\\` the name of a value.
    RegistryTarget,
    /// A user's name, perhaps with a domain before it: `user-account:account_login`.
    User(Slot),
    /// The same, and the one who runs the process: `process:creator_user_ref`.
    Owner(Slot),
    /// The id of an indicator whose rule fired at the sensor: [`Event::alerted`](vigie_model::event::Event::alerted).
    Alerted,
    /// Answers of a name server as Windows writes them: `type: 5 a.example;::ffff:192.0.2.1;`.
    Answers,
}

/// Which connection of a record is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// What the record itself is about: a packet or a connection.
    Main,
    /// The connection that an alert's packet belongs to, seen from the side that opened it.
    Flow,
    /// The connection that carries it inside.
    Tunnel,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Main, Self::Flow, Self::Tunnel];
}

/// An object of the record that several fields describe together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The file that the record is about.
    File,
    /// The certificate that the server showed.
    Certificate,
    /// The certificate that the client showed.
    ClientCertificate,
    /// The mail message.
    Mail,
    /// The software that the record is about.
    Software,
    /// The process that acts.
    Process,
    /// The process that started it.
    Parent,
    /// The process that is acted upon.
    Target,
    /// The program that [`Slot::Process`] runs.
    ProcessImage,
    /// The program that [`Slot::Parent`] runs.
    ParentImage,
    /// The program that [`Slot::Target`] runs.
    TargetImage,
    /// The key of the registry that the record is about.
    Registry,
    /// The user who acts.
    User,
    /// The user who is acted upon.
    TargetUser,
}

impl Slot {
    pub(crate) const COUNT: usize = Self::TargetUser as usize + 1;

    /// The program that a process runs.
    pub(crate) fn image(self) -> Self {
        match self {
            Self::Parent => Self::ParentImage,
            Self::Target => Self::TargetImage,
            _ => Self::ProcessImage,
        }
    }
}

impl Meaning {
    /// What the field becomes, for people; the mapping tables in `docs/spec/telemetry.md` print it.
    pub(crate) fn told(self) -> String {
        let of = |way: Way| match way {
            Way::Main => "",
            Way::Flow => " (the flow, where the packet went the other way)",
            Way::Tunnel => " (the outer connection)",
        };
        match self {
            Self::Nothing => "nothing".into(),
            Self::Address => "`ipv4-addr:value` or `ipv6-addr:value`".into(),
            Self::Host | Self::Answer => {
                "`domain-name:value` or `ipv4-addr:value` or `ipv6-addr:value`".into()
            }
            Self::Domain | Self::Query => "`domain-name:value`".into(),
            Self::Url => "`url:value` and its host".into(),
            Self::MaybeUrl => "`url:value` and its host, where it is a URL".into(),
            Self::Mac => "`mac-addr:value`".into(),
            Self::Mail => "`email-addr:value`".into(),
            Self::MailFrom => "`email-addr:value`, `email-message:from_ref`".into(),
            Self::Sender => "`email-addr:value`, `email-message:from_ref` where no header names one".into(),
            Self::MailTo => "`email-addr:value`, `email-message:to_refs[*]`".into(),
            Self::MailCc => "`email-addr:value`, `email-message:cc_refs[*]`".into(),
            Self::Of(_, path) | Self::Count(_, path) | Self::Traffic(path) => written(path),
            Self::Hash(Slot::Certificate | Slot::ClientCertificate) => {
                "`x509-certificate:hashes.*`, the algorithm by length".into()
            }
            Self::Hash(_) => "`file:hashes.*`, the algorithm by length".into(),
            Self::Chain(_) => written(Path::CertificateSha256),
            Self::FileName(_) | Self::AnotherFile => "`file:name` as written, and its last part".into(),
            Self::Login | Self::User(_) => written(Path::UserLogin),
            Self::Software => written(Path::SoftwareName),
            Self::From(way) => format!("{}, the address{}", written(Path::TrafficSource), of(way)),
            Self::To(way) => format!("{}, the address{}", written(Path::TrafficDestination), of(way)),
            Self::FromPort(way) => format!("{}{}", written(Path::TrafficSourcePort), of(way)),
            Self::ToPort(way) => format!("{}{}", written(Path::TrafficDestinationPort), of(way)),
            Self::Transport(_) | Self::Application => written(Path::TrafficProtocol),
            Self::HttpHost => format!("{}, `url:value`, the host", written(Path::HttpHost)),
            Self::HttpPort => "the port of `url:value`".into(),
            Self::HttpUri => format!("{}, `url:value`", written(Path::HttpValue)),
            Self::HttpUserAgent => written(Path::HttpUserAgent),
            Self::HttpReferer => written(Path::HttpReferer),
            Self::HttpMethod => format!("{}, in lower case", written(Path::HttpMethod)),
            Self::Image(_) => {
                format!("{}, `file:name`, {}", written(Path::ProcessImage), written(Path::FileFolder))
            }
            Self::Pid(_) => written(Path::ProcessId),
            Self::FilePath(_) => format!("`file:name`, {}", written(Path::FileFolder)),
            Self::Hashes(_) => "`file:hashes.*`".into(),
            Self::RegistryKey => written(Path::RegistryKey),
            Self::RegistryTarget => {
                format!("{}, {}", written(Path::RegistryKey), written(Path::RegistryValueName))
            }
            Self::Owner(_) => format!("{}, {}", written(Path::UserLogin), written(Path::ProcessUser)),
            Self::Alerted => "the indicator whose rule fired at the sensor".into(),
            Self::Answers => written(Path::DomainResolvesTo),
        }
    }
}

/// A path as a pattern writes it, between backticks.
fn written(path: Path) -> String {
    format!("`{path}`")
}
