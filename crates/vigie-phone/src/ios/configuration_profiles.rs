//! Configuration profiles: what each payload does to the phone, in plain words.

use ::plist::{Dictionary, Value};
use sha1::Digest;
use vigie_model::event::Path;

use super::draft::Draft;
use super::tally::{Tally, unreadable};
use super::values;
use crate::plist::BadPlist;
use crate::{Artefact, Input, Kind, Limits, Record, Sign, State, hexadecimal, link, plist};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "configuration_profiles",
    places: &[
        (
            Kind::IosBackup,
            &[
                "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles/Library/ConfigurationProfiles/profile-*",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/containers/Shared/SystemGroup/*/Library/ConfigurationProfiles/profile-*",
                "private/var/mobile/Library/ConfigurationProfiles/profile-*",
            ],
        ),
        (Kind::Sysdiagnose, &["logs/MCState/*/profile-*"]),
    ],
    reader: read,
};

/// What kinds of payload do, and the sign that each is.
const KINDS: [(&str, &str, Option<Sign>); 18] = [
    ("com.apple.mdm", "lets somebody else manage the phone", Some(Sign::Managed)),
    (
        "com.apple.security.root",
        "trusts a certificate authority, whose owner can read encrypted traffic that passes by",
        Some(Sign::AuthorityInstalled),
    ),
    (
        "com.apple.security.pem",
        "brings certificates, among them perhaps an authority",
        Some(Sign::AuthorityInstalled),
    ),
    ("com.apple.security.pkcs1", "brings a certificate", None),
    ("com.apple.security.pkcs12", "brings a certificate with its key", None),
    ("com.apple.security.scep", "fetches a certificate from a server", None),
    ("com.apple.vpn.managed", "sends traffic through another computer (VPN)", Some(Sign::TrafficRedirected)),
    (
        "com.apple.vpn.managed.applayer",
        "sends the traffic of some apps through another computer (VPN)",
        Some(Sign::TrafficRedirected),
    ),
    ("com.apple.proxy.http.global", "sends all web traffic through a proxy", Some(Sign::ProxySet)),
    ("com.apple.relay.managed", "sends traffic through a relay", Some(Sign::TrafficRedirected)),
    (
        "com.apple.dnsSettings.managed",
        "asks another server for names of the network",
        Some(Sign::TrafficRedirected),
    ),
    (
        "com.apple.dnsProxy.managed",
        "lets an app answer for names of the network",
        Some(Sign::TrafficRedirected),
    ),
    (
        "com.apple.webcontent-filter",
        "lets an app or a list decide which pages are shown",
        Some(Sign::TrafficRedirected),
    ),
    (
        "com.apple.notificationsettings",
        "changes how notifications are shown",
        Some(Sign::NotificationsSilenced),
    ),
    ("com.apple.wifi.managed", "sets a wireless network", None),
    ("com.apple.applicationaccess", "restricts what the owner may do", None),
    ("com.apple.webClip.managed", "puts a link on the home screen", None),
    ("com.apple.mail.managed", "sets a mail account", None),
];

/// Keys whose value is a computer.
const HOSTS: [&str; 10] = [
    "RemoteAddress",
    "ServerName",
    "ProxyServer",
    "HTTPProxy",
    "HostName",
    "Host",
    "ServerAddresses",
    "IncomingMailServerHostName",
    "OutgoingMailServerHostName",
    "CommRemoteAddress",
];

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let list = match open(input.bytes, input.limits) {
        Ok(list) => list,
        Err(error) => return unreadable(error),
    };
    let Some(map) = list.as_dictionary() else { return unreadable("is a property list, but no map") };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let id = values::text(map, "PayloadUUID").unwrap_or_default();
    let title =
        values::text(map, "PayloadDisplayName").or(values::text(map, "PayloadIdentifier")).unwrap_or("?");
    let mut draft = Draft::of("the", "profile");
    draft.say(&format!("profile “{title}”"));
    draft.say(&values::listing(
        map,
        &["PayloadIdentifier", "PayloadOrganization", "PayloadDescription", "PayloadRemovalDisallowed"],
    ));
    draft.when(values::date("installed", map, "InstallDate"));
    draft.see(Path::ProfileId, id);
    draft.see(Path::ProfileId, values::text(map, "PayloadIdentifier").unwrap_or_default());
    tally.take(draft);
    let payloads = match map.get("PayloadContent") {
        None => &[],
        Some(Value::Array(payloads)) => payloads.as_slice(),
        Some(one @ Value::Dictionary(_)) => std::slice::from_ref(one),
        Some(_) => {
            tally.cut("its payloads are no list: they may be encrypted");
            &[]
        }
    };
    for (payload, number) in payloads.iter().zip(1_u64..) {
        match payload.as_dictionary() {
            Some(map) => tally.take(draft_of(number, title, map, payload)),
            None => tally.lose(format!("payload {number} is no map")),
        }
    }
    tally.state()
}

/// A profile as a property list, or signed: then the list lies within.
fn open(bytes: &[u8], limits: &Limits) -> Result<Value, BadPlist> {
    plist::read(bytes, limits).or_else(|error| {
        let start = memchr::memmem::find(bytes, b"<?xml").ok_or(error.clone())?;
        let end = memchr::memmem::rfind(bytes, b"</plist>").ok_or(error.clone())? + b"</plist>".len();
        plist::read(bytes.get(start..end).ok_or(error)?, limits)
    })
}

fn draft_of(number: u64, profile: &str, map: &Dictionary, payload: &Value) -> Draft {
    let kind = values::text(map, "PayloadType").unwrap_or("of no type");
    let mut draft = Draft::of("payload", number);
    let known = KINDS.iter().find(|it| it.0 == kind);
    draft.say(&match known {
        Some((_, words, _)) => format!("profile “{profile}” {words} ({kind})"),
        None => format!("profile “{profile}” has a payload {kind}"),
    });
    draft.tell("name", values::text(map, "PayloadDisplayName").unwrap_or_default());
    if let Some(sign) = known.and_then(|it| it.2) {
        draft.sign(sign);
    }
    if kind == "com.apple.wifi.managed" && matches!(values::text(map, "ProxyType"), Some("Manual" | "Auto")) {
        draft.say("with a proxy in that network");
        draft.sign(Sign::ProxySet);
    }
    draft.see(Path::ProfileId, values::text(map, "PayloadUUID").unwrap_or_default());
    if kind.starts_with("com.apple.security.") {
        certificate(map, &mut draft);
    }
    values::every_text(payload, "", &mut |key, text| {
        let is_link = link::of(text).any(|it| it.contains("://"));
        if is_link {
            draft.tell(key, text);
            draft.links_in(text);
        } else if HOSTS.contains(&key) {
            draft.tell(key, text);
            draft.host(text.rsplit_once(':').filter(|it| !it.0.contains(':')).map_or(text, |it| it.0));
        } else if key.contains("BundleI") || key == "AppIdentifier" {
            draft.tell(key, text);
            draft.see(Path::AppId, text);
        }
    });
    draft
}

/// A certificate by its hashes, where the payload holds it as it is.
fn certificate(map: &Dictionary, draft: &mut Draft) {
    let Some(bytes) = map.get("PayloadContent").and_then(Value::as_data) else { return };
    // Only DER is hashed as others know it.
    if bytes.starts_with(&[0x30]) {
        let sha256 = hexadecimal::of(&sha2::Sha256::digest(bytes));
        draft.tell("SHA-256", &sha256);
        draft.see(Path::CertificateSha256, &sha256);
        draft.see(Path::CertificateSha1, &hexadecimal::of(&sha1::Sha1::digest(bytes)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    fn profile(payloads: &str) -> String {
        format!(
            "<dict><key>PayloadUUID</key><string>U-1</string><key>PayloadDisplayName</key><string>P</string>\
             <key>InstallDate</key><date>2026-05-02T00:00:00Z</date>\
             <key>PayloadContent</key><array>{payloads}</array></dict>"
        )
    }

    fn payload(kind: &str, rest: &str) -> String {
        format!("<dict><key>PayloadType</key><string>{kind}</string>{rest}</dict>")
    }

    #[test]
    fn every_payload_is_told() {
        let payloads = [
            payload("com.apple.webClip.managed", ""),
            payload("com.apple.mdm", "<key>ServerURL</key><string>https://mdm.bad.example/x</string>"),
            payload("com.apple.security.root", "<key>PayloadContent</key><data>MAA=</data>"),
            payload(
                "com.apple.proxy.http.global",
                "<key>ProxyServer</key><string>proxy.bad.example</string>",
            ),
            payload(
                "com.apple.vpn.managed",
                "<key>IKEv2</key><dict><key>RemoteAddress</key><string>192.0.2.1</string></dict>",
            ),
            payload("com.apple.notificationsettings", "<key>BundleIdentifier</key><string>com.a.b</string>"),
            payload("com.example.other", ""),
            "<string>x</string>".to_owned(),
        ];
        let told = lines(&ARTEFACT, &xml(&profile(&payloads.concat())));
        let want = "the profile | installed 2026-05-02T00:00:00Z Exact | profile “P” | configuration-profile:id=U-1\n\
            payload 1 | profile “P” puts a link on the home screen (com.apple.webClip.managed) | \n\
            payload 2 | profile “P” lets somebody else manage the phone (com.apple.mdm); ServerURL \
            https://mdm.bad.example/x | url:value=https://mdm.bad.example/x domain-name:value=mdm.bad.example !managed\n";
        assert!(told.starts_with(want), "{told}");
        for part in [
            "x509-certificate:hashes.'SHA-256'=",
            "!authority-installed\n",
            "domain-name:value=proxy.bad.example !proxy-set\n",
            "ipv4-addr:value=192.0.2.1 !traffic-redirected\n",
            "app:id=com.a.b !notifications-silenced\n",
            "payload 7 | profile “P” has a payload com.example.other | \n",
            "partial 8 of Some(9): payload 8 is no map\n",
        ] {
            assert!(told.contains(part), "{part}\n{told}");
        }
    }

    #[test]
    fn a_signed_profile_is_opened() {
        let signed = [b"\x30\x82signed\x04".as_slice(), &xml(&profile("")), b"\x00signature"].concat();
        assert!(lines(&ARTEFACT, &signed).ends_with("present 1\n"));
        assert!(lines(&ARTEFACT, b"\x30\x82signed").starts_with("unreadable: "));
    }

    #[test]
    fn encrypted_payloads_are_said() {
        let told = lines(&ARTEFACT, &xml("<dict><key>PayloadContent</key><data>AAAA</data></dict>"));
        assert!(
            told.ends_with("partial 1 of None: its payloads are no list: they may be encrypted\n"),
            "{told}"
        );
    }
}
