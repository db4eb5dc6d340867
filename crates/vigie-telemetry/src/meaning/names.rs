//! The words of mapping files for what a field says.

use super::Meaning::{self, Of};
use super::Slot::{self, Parent, Process, Target};
use super::Way::Main;
use vigie_model::event::Path;

/// Each word and its meaning.
const NAMES: &[(&str, Meaning)] = &[
    ("address", Meaning::Address),
    ("host", Meaning::Host),
    ("domain", Meaning::Domain),
    ("dns.query", Meaning::Query),
    ("dns.answer", Meaning::Answer),
    ("dns.answers", Meaning::Answers),
    ("url", Meaning::Url),
    ("url.maybe", Meaning::MaybeUrl),
    ("mac", Meaning::Mac),
    ("mail", Meaning::Mail),
    ("mail.from", Meaning::MailFrom),
    ("mail.to", Meaning::MailTo),
    ("mail.cc", Meaning::MailCc),
    ("mail.subject", Of(Slot::Mail, Path::EmailSubject)),
    ("source", Meaning::From(Main)),
    ("source.port", Meaning::FromPort(Main)),
    ("source.bytes", Meaning::Traffic(Path::TrafficSourceBytes)),
    ("source.packets", Meaning::Traffic(Path::TrafficSourcePackets)),
    ("destination", Meaning::To(Main)),
    ("destination.port", Meaning::ToPort(Main)),
    ("destination.bytes", Meaning::Traffic(Path::TrafficDestinationBytes)),
    ("destination.packets", Meaning::Traffic(Path::TrafficDestinationPackets)),
    ("transport", Meaning::Transport(Main)),
    ("application", Meaning::Application),
    ("http.host", Meaning::HttpHost),
    ("http.port", Meaning::HttpPort),
    ("http.uri", Meaning::HttpUri),
    ("http.method", Meaning::HttpMethod),
    ("http.user-agent", Meaning::HttpUserAgent),
    ("http.referer", Meaning::HttpReferer),
    ("file", Meaning::FilePath(Slot::File)),
    ("file.another", Meaning::AnotherFile),
    ("file.size", Meaning::Count(Slot::File, Path::FileSize)),
    ("file.mime", Of(Slot::File, Path::FileMime)),
    ("file.hash", Meaning::Hash(Slot::File)),
    ("file.hashes", Meaning::Hashes(Slot::File)),
    ("process.image", Meaning::Image(Process)),
    ("process.image.hash", Meaning::Hash(Slot::ProcessImage)),
    ("process.image.hashes", Meaning::Hashes(Slot::ProcessImage)),
    ("process.command-line", Of(Process, Path::ProcessCommandLine)),
    ("process.folder", Of(Process, Path::ProcessFolder)),
    ("process.id", Meaning::Pid(Process)),
    ("process.user", Meaning::Owner(Process)),
    ("process.name", Of(Process, Path::ProcessName)),
    ("parent.image", Meaning::Image(Parent)),
    ("parent.command-line", Of(Parent, Path::ProcessCommandLine)),
    ("parent.folder", Of(Parent, Path::ProcessFolder)),
    ("parent.id", Meaning::Pid(Parent)),
    ("parent.name", Of(Parent, Path::ProcessName)),
    ("parent.user", Meaning::Owner(Parent)),
    ("target.image", Meaning::Image(Target)),
    ("target.id", Meaning::Pid(Target)),
    ("target.user", Meaning::Owner(Target)),
    ("service.name", Of(Process, Path::ServiceName)),
    ("registry.key", Meaning::RegistryKey),
    ("registry.target", Meaning::RegistryTarget),
    ("registry.value", Of(Slot::Registry, Path::RegistryValueName)),
    ("registry.data", Of(Slot::Registry, Path::RegistryValueData)),
    ("user", Meaning::User(Slot::User)),
    ("user.id", Of(Slot::User, Path::UserId)),
    ("target-user", Meaning::User(Slot::TargetUser)),
    ("target-user.id", Of(Slot::TargetUser, Path::UserId)),
    ("software", Meaning::Software),
    ("certificate.subject", Of(Slot::Certificate, Path::CertificateSubject)),
    ("certificate.issuer", Of(Slot::Certificate, Path::CertificateIssuer)),
    ("certificate.serial", Of(Slot::Certificate, Path::CertificateSerial)),
    ("certificate.hash", Meaning::Hash(Slot::Certificate)),
];

impl Meaning {
    /// By its word in mapping files.
    pub(crate) fn named(word: &str) -> Option<Self> {
        NAMES.iter().find(|it| it.0 == word).map(|it| it.1)
    }
}
