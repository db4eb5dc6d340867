//! What sort of object a type name stands for.

/// The families of STIX 2.1 (section 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A domain object, such as an indicator.
    Sdo,
    /// A relationship or a sighting.
    Sro,
    /// A cyber-observable, such as a domain name.
    Sco,
    /// A marking definition.
    MarkingDefinition,
    /// Translations of another object's texts.
    LanguageContent,
    /// The definition of an extension.
    ExtensionDefinition,
    /// A type that the standard does not have.
    Custom,
}

impl Kind {
    /// The kind that a type name stands for.
    pub fn of(object_type: &str) -> Self {
        match object_type {
            "attack-pattern" | "campaign" | "course-of-action" | "grouping" | "identity" | "incident"
            | "indicator" | "infrastructure" | "intrusion-set" | "location" | "malware"
            | "malware-analysis" | "note" | "observed-data" | "opinion" | "report" | "threat-actor"
            | "tool" | "vulnerability" => Self::Sdo,
            "relationship" | "sighting" => Self::Sro,
            "artifact"
            | "autonomous-system"
            | "directory"
            | "domain-name"
            | "email-addr"
            | "email-message"
            | "file"
            | "ipv4-addr"
            | "ipv6-addr"
            | "mac-addr"
            | "mutex"
            | "network-traffic"
            | "process"
            | "software"
            | "url"
            | "user-account"
            | "windows-registry-key"
            | "x509-certificate" => Self::Sco,
            "marking-definition" => Self::MarkingDefinition,
            "language-content" => Self::LanguageContent,
            "extension-definition" => Self::ExtensionDefinition,
            _ => Self::Custom,
        }
    }
}
