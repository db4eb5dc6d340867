//! The rules, one line each: the list that a reader holds against the standard.
//!
//! A rule's identifier is stable; its number is the section of STIX 2.1 that states it. An error breaks a MUST, a
//! warning a SHOULD, or a MUST that only more than the text at hand could prove.

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The standard advises otherwise.
    Warning,
    /// The standard forbids it.
    Error,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One rule of the standard.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name: `stix-`, the section, a word.
    pub id: &'static str,
    /// What breaking it weighs.
    pub severity: Severity,
    /// What it asks for.
    pub says: &'static str,
}

macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $says:literal;)+) => {
        $(pub(super) const $name: &Rule = &Rule { id: $id, severity: Severity::$severity, says: $says };)+
        /// Every rule, in the order of the standard.
        pub const ALL: &[&Rule] = &[$($name),+];
    };
}

rules! {
    JSON = "stix-2-json", Error, "the text is one JSON object, each key once, and no `null` stands in it";
    BINARY = "stix-2.1-binary", Error, "a binary value is base64 with padding";
    BOOLEAN = "stix-2.2-boolean", Error, "a boolean is `true` or `false`";
    DICTIONARY = "stix-2.3-dictionary", Error, "a dictionary has at least one key; a key has letters, digits, `-` and `_`, at most 250";
    ENUMERATION = "stix-2.4-enum", Error, "a value of an enumeration is one of its terms";
    EXTERNAL_REFERENCE = "stix-2.5-external-reference", Error, "an external reference has a description, url or external_id";
    EXTERNAL_ID = "stix-2.5-external-id", Error, "an identifier of CVE or CAPEC stands under that source, in its format";
    EXTERNAL_SOURCE = "stix-2.5-external-source", Warning, "the source of an identifier of CVE or CAPEC is `cve` or `capec`";
    FLOAT = "stix-2.6-float", Error, "a float is a number, within its bounds";
    HASHES = "stix-2.7-hashes", Error, "a hash has the format of its algorithm, an algorithm a name of 3 to 250 characters";
    HASH_ALGORITHM = "stix-2.7-hash-algorithm", Warning, "an algorithm is one of the vocabulary";
    HEX = "stix-2.8-hex", Error, "a hex value is pairs of lower-case hexadecimal digits";
    IDENTIFIER = "stix-2.9-id-format", Error, "an identifier is `type--UUID`, the type its object's, the UUID of RFC 4122";
    UUID_VERSION = "stix-2.9-uuid-version", Warning, "the UUID of an object that is no observable is of version 4";
    UUID_REUSED = "stix-2.9-uuid-reused", Error, "objects of different types have different UUIDs";
    SCO_ID = "stix-2.9-sco-id", Warning, "a UUIDv5 of an observable is that of its contributing properties";
    SCO_ID_RANDOM = "stix-2.9-sco-id-random", Error, "an observable without contributing properties has a UUIDv4";
    REFERENCE = "stix-3.3-reference-type", Error, "a reference names an object of a type that may stand there";
    CREATOR = "stix-3.2-created-by", Warning, "the creator of an object is an identity";
    INTEGER = "stix-2.10-integer", Error, "an integer is a whole number of 54 bits, within its bounds";
    KILL_CHAIN = "stix-2.11-kill-chain", Warning, "names of kill chains and phases are lower case with hyphens";
    LIST = "stix-2.12-list", Error, "a list is a list and not empty";
    LIST_REPEATS = "stix-2.12-list-repeats", Warning, "no reference or selector stands twice in a list";
    CONTAINER = "stix-2.13-container", Error, "a container holds observables that refer to each other by its keys";
    CONTAINER_DEPRECATED = "stix-2.13-container-deprecated", Warning, "new content refers to observables instead of containing them";
    VOCABULARY = "stix-2.14-open-vocab", Warning, "a value of an open vocabulary is one of its terms";
    STRING = "stix-2.15-string", Error, "a string is a string";
    STRING_EMPTY = "stix-2.15-string-empty", Warning, "a string says something";
    TIMESTAMP = "stix-2.16-timestamp", Error, "a timestamp is RFC 3339 in UTC with `Z`";
    TYPE_NAME = "stix-3.1-type-name", Error, "a type is 3 to 250 lower-case letters, digits and single hyphens, a letter first";
    PROPERTY_NAME = "stix-3.1-property-name", Error, "a property is 3 to 250 lower-case letters, digits and `_`, a letter first";
    REQUIRED = "stix-3.1-required", Error, "a required property is present";
    ENCODING = "stix-3.1-enc", Error, "a property `…_enc` stands beside the property that it is about";
    SPEC_VERSION = "stix-3.2-spec-version", Error, "`spec_version` is one that we know";
    MILLISECONDS = "stix-3.2-milliseconds", Error, "`created` and `modified` have at least three digits after the second";
    MODIFIED = "stix-3.2-modified", Error, "`modified` is not before `created`";
    CONFIDENCE = "stix-3.2-confidence", Error, "`confidence` is from 0 to 100";
    LANGUAGE = "stix-3.2-lang", Error, "a language is a code of RFC 5646";
    LANGUAGE_UNKNOWN = "stix-3.2-lang-unknown", Warning, "a language of three letters is one of ISO 639-2";
    DEFANGED = "stix-3.2-defanged", Error, "only observables are `defanged`";
    NOT_FOR_TYPE = "stix-3.2-not-applicable", Warning, "a common property stands only where its table allows it";
    VERSION_CONTENT = "stix-3.6-version-content", Error, "one version, by id and modified, has one content";
    VERSION_CREATED = "stix-3.6-version-created", Error, "all versions have the same `created`";
    VERSION_CREATOR = "stix-3.6-version-creator", Error, "only the creator makes new versions";
    VERSION_REVOKED = "stix-3.6-version-revoked", Error, "nothing follows the version that is revoked";
    VERSION_REPEATED = "stix-3.6-version-repeated", Warning, "a version stands once in a bundle";
    VERSIONED_SCO = "stix-3.6-versioned-sco", Error, "a versioned observable has no UUIDv5";
    RESERVED = "stix-3.8-reserved", Error, "`severity`, `username`, `phone_number` and `action` are reserved";
    CHARACTER_SET = "stix-3.9-character-set", Error, "an encoding is named as in the IANA registry of character sets";
    EXTENSION_PLACE = "stix-3.10-extension-place", Error, "a predefined extension stands in the type that it is for";
    EXTENSION_EMPTY = "stix-3.10-extension-empty", Error, "an extension holds at least one property";
    SEEN_ORDER = "stix-4-seen-order", Error, "what was first seen was not last seen before that";
    PATTERN = "stix-4.7-pattern", Error, "a pattern of the type `stix` is one";
    VALID_UNTIL = "stix-4.7-valid-until", Error, "`valid_until` is later than `valid_from`";
    LOCATION = "stix-4.10-location", Error, "a location has a region, a country, or latitude and longitude";
    COORDINATES = "stix-4.10-coordinates", Error, "latitude and longitude stand together; precision needs them";
    COUNTRY = "stix-4.10-country", Warning, "a country is an ISO 3166-1 alpha-2 code";
    MALWARE_FAMILY = "stix-4.11-family-name", Error, "a malware family has a name";
    ANALYSIS_RESULT = "stix-4.12-result", Error, "a malware analysis has a result or observables";
    ANALYSIS_PRODUCT = "stix-4.12-product", Warning, "a product is lower case with hyphens";
    OBSERVED = "stix-4.14-observed", Error, "observed data has either `objects` or `object_refs`";
    OBSERVED_SCO = "stix-4.14-observed-sco", Error, "`object_refs` of observed data names at least one observable";
    RELATIONSHIP_TYPE = "stix-5.1-relationship-type", Error, "a relationship type has lower-case letters, digits and hyphens";
    RELATIONSHIP_KNOWN = "stix-5.1-relationship-known", Warning, "a relationship is one of the table for these two types";
    STOP_TIME = "stix-5.1-stop-time", Error, "`stop_time` is later than `start_time`";
    ARTIFACT = "stix-6.1-artifact", Error, "an artifact has either payload_bin or url, and a url has hashes";
    DECRYPTION_KEY = "stix-6.1-decryption-key", Error, "a key needs the algorithm that it is for";
    MIME_TYPE = "stix-6.1-mime-type", Error, "a media type is `type/subtype`";
    DOMAIN = "stix-6.4-domain", Error, "a domain name is one of RFC 1034 or RFC 5890";
    EMAIL = "stix-6.5-email", Error, "an email address is `local@domain` without a display name";
    MULTIPART = "stix-6.6-multipart", Error, "a multipart message has `body_multipart`, any other `body`";
    MIME_PART = "stix-6.6-mime-part", Error, "a part of a message has either `body` or `body_raw_ref`";
    FILE = "stix-6.7-file", Error, "a file has hashes or a name";
    FILE_MIME_TYPE = "stix-6.7-mime-type", Warning, "a media type is `type/subtype`";
    IPV4 = "stix-6.8-ipv4", Error, "an IPv4 address is four decimal octets, perhaps with a prefix length";
    IPV6 = "stix-6.9-ipv6", Error, "an IPv6 address is as in RFC 5952, perhaps with a prefix length";
    MAC = "stix-6.10-mac", Error, "a MAC address is six lower-case octets with colons";
    TRAFFIC_ENDS = "stix-6.12-ends", Error, "traffic has a source or a destination";
    TRAFFIC_ORDER = "stix-6.12-order", Error, "traffic does not end before it starts";
    TRAFFIC_ACTIVE = "stix-6.12-active", Error, "traffic that is active has not ended";
    SOMETHING = "stix-6-something", Error, "an observable without required properties has at least one of its own";
    PRIORITY = "stix-6.13-priority", Warning, "the priority of a process ends in `_CLASS`";
    CPE = "stix-6.14-cpe", Error, "a CPE is of version 2.3";
    URL = "stix-6.15-url", Error, "a URL is one of RFC 3986";
    HIVE = "stix-6.17-hive", Error, "a registry key spells its hive out";
    LANGUAGE_CONTENT = "stix-7.1-contents", Error, "translations are by language, then by property";
    LANGUAGE_CONTENT_PLACE = "stix-7.1-translated", Error, "a translation is of a property that the object has";
    MARKING_REFERENCE = "stix-7.2-marking-type", Error, "a marking is a marking definition";
    MARKING_CIRCLE = "stix-7.2-circular", Error, "a marking definition does not mark itself, even by way of others";
    MARKING_DEFINITION = "stix-7.2.1-definition", Error, "a marking definition has a definition of its type, or an extension";
    MARKING_TYPE = "stix-7.2.1-definition-type", Warning, "a definition is of the type `tlp` or `statement`";
    MARKING_TLP = "stix-7.2.1-tlp", Error, "only the four definitions of the standard are of the type `tlp`";
    MARKING_TLP_2 = "stix-7.2.1-tlp-2", Error, "a definition of TLP 2.0 is one of the five of the extension";
    GRANULAR = "stix-7.2.3-granular", Error, "a granular marking has selectors and either marking_ref or lang";
    SELECTOR = "stix-7.2.3-selector", Error, "a selector is a path to something that the object has";
    EXTENSION_KEY = "stix-7.3-extension-key", Error, "an extension is predefined, or named by the id of its definition";
    EXTENSION_TYPE = "stix-7.3-extension-type", Error, "an extension that is not predefined says its `extension_type`";
    EXTENSION_PROPERTIES = "stix-7.3-extension-properties", Error, "`extension_properties` goes with top-level properties only";
    EXTENSION_VERSION = "stix-7.3-version", Warning, "the version of an extension is a semantic version";
    BUNDLE = "stix-8-bundle", Error, "a bundle has a type and an id, and its objects are a list";
    BUNDLE_PROPERTY = "stix-8-bundle-property", Warning, "a bundle has no properties but type, id and objects";
    DANGLING = "stix-3.3-dangling", Warning, "a reference names an object of the bundle";
    CUSTOM_PROPERTY = "stix-11.1-custom-property", Warning, "a property of one's own is defined by an extension";
    CUSTOM_OBJECT = "stix-11.2-custom-object", Warning, "an object type of one's own is defined by an extension";
    CUSTOM_EXTENSION = "stix-11.3-custom-extension", Warning, "an extension of one's own has a definition";
    TOO_MANY = "vigie-too-many", Warning, "there are no more findings than the limit `max_findings`; else the worst left out weighs";
}

/// The rule of that name.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|it| it.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_name() {
        for (at, rule) in ALL.iter().enumerate() {
            assert!(ALL.iter().skip(at + 1).all(|it| it.id != rule.id), "{}", rule.id);
            assert!(rule.id.starts_with("stix-") || rule.id.starts_with("vigie-"), "{}", rule.id);
        }
        assert_eq!(by_id("stix-2-json").map(|it| it.id), Some("stix-2-json"));
    }
}
