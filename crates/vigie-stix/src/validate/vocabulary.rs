//! The vocabularies and enumerations of section 10, term by term (with errata 01).

/// The terms of one vocabulary or enumeration.
pub(super) type Terms = &'static [&'static str];

// Open vocabularies: other terms are allowed.

/// Section 10.1
pub(super) const ACCOUNT_TYPE: Terms = &[
    "facebook",
    "ldap",
    "nis",
    "openid",
    "radius",
    "skype",
    "tacacs",
    "twitter",
    "unix",
    "windows-local",
    "windows-domain",
];

/// Section 10.2
pub(super) const ATTACK_MOTIVATION: Terms = &[
    "accidental",
    "coercion",
    "dominance",
    "ideology",
    "notoriety",
    "organizational-gain",
    "personal-gain",
    "personal-satisfaction",
    "revenge",
    "unpredictable",
];

/// Section 10.3
pub(super) const ATTACK_RESOURCE_LEVEL: Terms =
    &["individual", "club", "contest", "team", "organization", "government"];

/// Section 10.6
pub(super) const GROUPING_CONTEXT: Terms = &["suspicious-activity", "malware-analysis", "unspecified"];

/// Section 10.7
pub(super) const HASH_ALGORITHM: Terms =
    &["MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH"];

/// Section 10.8
pub(super) const IDENTITY_CLASS: Terms =
    &["individual", "group", "system", "organization", "class", "unknown"];

/// Section 10.9
pub(super) const IMPLEMENTATION_LANGUAGE: Terms = &[
    "applescript",
    "bash",
    "c",
    "c++",
    "c#",
    "go",
    "java",
    "javascript",
    "lua",
    "objective-c",
    "perl",
    "php",
    "powershell",
    "python",
    "ruby",
    "scala",
    "swift",
    "typescript",
    "visual-basic",
    "x86-32",
    "x86-64",
    "rust",
];

/// Section 10.10
pub(super) const INDICATOR_TYPE: Terms = &[
    "anomalous-activity",
    "anonymization",
    "benign",
    "compromised",
    "malicious-activity",
    "attribution",
    "unknown",
];

/// Section 10.11
pub(super) const INDUSTRY_SECTOR: Terms = &[
    "agriculture",
    "aerospace",
    "automotive",
    "chemical",
    "commercial",
    "communications",
    "construction",
    "defense",
    "education",
    "energy",
    "entertainment",
    "financial-services",
    "government",
    "emergency-services",
    "government-national",
    "government-regional",
    "government-local",
    "government-public-services",
    "healthcare",
    "hospitality-leisure",
    "infrastructure",
    "dams",
    "nuclear",
    "water",
    "insurance",
    "manufacturing",
    "mining",
    "non-profit",
    "pharmaceuticals",
    "retail",
    "technology",
    "telecommunications",
    "transportation",
    "utilities",
    "legal",
];

/// Section 10.12
pub(super) const INFRASTRUCTURE_TYPE: Terms = &[
    "amplification",
    "anonymization",
    "botnet",
    "command-and-control",
    "control-system",
    "exfiltration",
    "firewall",
    "hosting-malware",
    "hosting-target-lists",
    "phishing",
    "reconnaissance",
    "routers-switches",
    "staging",
    "workstation",
    "unknown",
];

/// Section 10.13
pub(super) const MALWARE_CAPABILITY: Terms = &[
    "accesses-remote-machines",
    "anti-debugging",
    "anti-disassembly",
    "anti-emulation",
    "anti-memory-forensics",
    "anti-sandbox",
    "anti-vm",
    "captures-input-peripherals",
    "captures-output-peripherals",
    "captures-system-state-data",
    "cleans-traces-of-infection",
    "commits-fraud",
    "communicates-with-c2",
    "compromises-data-availability",
    "compromises-data-integrity",
    "compromises-system-availability",
    "controls-local-machine",
    "degrades-security-software",
    "degrades-system-updates",
    "determines-c2-server",
    "emails-spam",
    "escalates-privileges",
    "evades-av",
    "exfiltrates-data",
    "fingerprints-host",
    "hides-artifacts",
    "hides-executing-code",
    "infects-files",
    "infects-remote-machines",
    "installs-other-components",
    "persists-after-system-reboot",
    "prevents-artifact-access",
    "prevents-artifact-deletion",
    "probes-network-environment",
    "self-modifies",
    "steals-authentication-credentials",
    "violates-system-operational-integrity",
];

/// Section 10.14
pub(super) const MALWARE_RESULT: Terms = &["malicious", "suspicious", "benign", "unknown"];

/// Section 10.15
pub(super) const MALWARE_TYPE: Terms = &[
    "adware",
    "backdoor",
    "bot",
    "bootkit",
    "ddos",
    "downloader",
    "dropper",
    "exploit-kit",
    "keylogger",
    "ransomware",
    "remote-access-trojan",
    "resource-exploitation",
    "rogue-security-software",
    "rootkit",
    "screen-capture",
    "spyware",
    "trojan",
    "unknown",
    "virus",
    "webshell",
    "wiper",
    "worm",
];

/// Section 10.19
pub(super) const PATTERN_TYPE: Terms = &["stix", "pcre", "sigma", "snort", "suricata", "yara"];

/// Section 10.20
pub(super) const PROCESSOR_ARCHITECTURE: Terms =
    &["alpha", "arm", "ia-64", "mips", "powerpc", "sparc", "x86", "x86-64"];

/// Section 10.21
pub(super) const REGION: Terms = &[
    "africa",
    "eastern-africa",
    "middle-africa",
    "northern-africa",
    "southern-africa",
    "western-africa",
    "americas",
    "latin-america-caribbean",
    "south-america",
    "caribbean",
    "central-america",
    "northern-america",
    "asia",
    "central-asia",
    "eastern-asia",
    "southern-asia",
    "south-eastern-asia",
    "western-asia",
    "europe",
    "eastern-europe",
    "northern-europe",
    "southern-europe",
    "western-europe",
    "oceania",
    "antarctica",
    "australia-new-zealand",
    "melanesia",
    "micronesia",
    "polynesia",
];

/// Section 10.22
pub(super) const REPORT_TYPE: Terms = &[
    "attack-pattern",
    "campaign",
    "identity",
    "indicator",
    "intrusion-set",
    "malware",
    "observed-data",
    "threat-actor",
    "threat-report",
    "tool",
    "vulnerability",
    "incident",
];

/// Section 10.23
pub(super) const THREAT_ACTOR_TYPE: Terms = &[
    "activist",
    "competitor",
    "crime-syndicate",
    "criminal",
    "hacker",
    "insider-accidental",
    "insider-disgruntled",
    "nation-state",
    "sensationalist",
    "spy",
    "terrorist",
    "unknown",
    "private-sector",
];

/// Section 10.24
pub(super) const THREAT_ACTOR_ROLE: Terms = &[
    "agent",
    "director",
    "independent",
    "infrastructure-architect",
    "infrastructure-operator",
    "malware-author",
    "sponsor",
];

/// Section 10.25
pub(super) const THREAT_ACTOR_SOPHISTICATION: Terms =
    &["none", "minimal", "intermediate", "advanced", "expert", "innovator", "strategic"];

/// Section 10.26
pub(super) const TOOL_TYPE: Terms = &[
    "denial-of-service",
    "exploitation",
    "information-gathering",
    "network-capture",
    "credential-exploitation",
    "remote-access",
    "vulnerability-scanning",
    "unknown",
];

/// Section 10.28
pub(super) const WINDOWS_PE_TYPE: Terms = &["dll", "exe", "sys"];

// Enumerations: nothing else is allowed.

/// Section 10.4
pub(super) const ENCRYPTION_ALGORITHM: Terms = &["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"];

/// Section 10.5
pub(super) const EXTENSION_TYPE: Terms =
    &["new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"];

/// Section 10.16
pub(super) const ADDRESS_FAMILY: Terms =
    &["AF_UNSPEC", "AF_INET", "AF_IPX", "AF_APPLETALK", "AF_NETBIOS", "AF_INET6", "AF_IRDA", "AF_BTH"];

/// Section 10.17
pub(super) const SOCKET_TYPE: Terms =
    &["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET"];

/// Section 10.18
pub(super) const OPINION: Terms = &["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"];

/// Section 10.27
pub(super) const INTEGRITY_LEVEL: Terms = &["low", "medium", "high", "system"];

/// Section 10.29
pub(super) const REGISTRY_TYPE: Terms = &[
    "REG_NONE",
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_BINARY",
    "REG_DWORD",
    "REG_DWORD_BIG_ENDIAN",
    "REG_DWORD_LITTLE_ENDIAN",
    "REG_LINK",
    "REG_MULTI_SZ",
    "REG_RESOURCE_LIST",
    "REG_FULL_RESOURCE_DESCRIPTION",
    "REG_RESOURCE_REQUIREMENTS_LIST",
    "REG_QWORD",
    "REG_INVALID_TYPE",
];

/// Section 10.30
pub(super) const SERVICE_START: Terms = &[
    "SERVICE_AUTO_START",
    "SERVICE_BOOT_START",
    "SERVICE_DEMAND_START",
    "SERVICE_DISABLED",
    "SERVICE_SYSTEM_ALERT",
];

/// Section 10.31
pub(super) const SERVICE_TYPE: Terms = &[
    "SERVICE_KERNEL_DRIVER",
    "SERVICE_FILE_SYSTEM_DRIVER",
    "SERVICE_WIN32_OWN_PROCESS",
    "SERVICE_WIN32_SHARE_PROCESS",
];

/// Section 10.32
pub(super) const SERVICE_STATUS: Terms = &[
    "SERVICE_CONTINUE_PENDING",
    "SERVICE_PAUSE_PENDING",
    "SERVICE_PAUSED",
    "SERVICE_RUNNING",
    "SERVICE_START_PENDING",
    "SERVICE_STOP_PENDING",
    "SERVICE_STOPPED",
];
