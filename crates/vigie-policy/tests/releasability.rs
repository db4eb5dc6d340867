//! What a marking definition means, and why some mean nothing that we could rely on.

use uuid::Uuid;
use vigie_policy::{Meaning, RELEASABILITY_EXTENSION, Terms, releasability_marking};
use vigie_stix::object::Object;
use vigie_stix::validate::{Severity, validate_object};

use crate::accord::label;

/// A marking for IL, without a light.
pub(crate) const REL_IL: &str = r#""extensions":{"extension-definition--a0824a7f-c8b3-4329-8248-871a88126839":
    {"extension_type":"property-extension","any_of":{"countries":["IL"]}}}"#;

/// A random-looking identifier for a name.
pub(crate) fn id_of(name: &str) -> String {
    let bytes = *Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).as_bytes();
    format!("marking-definition--{}", uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// A marking definition with these further properties.
pub(crate) fn definition(name: &str, properties: &str) -> String {
    let id = id_of(name);
    format!(r#"{{"type":"marking-definition","spec_version":"2.1","id":"{id}",{properties}}}"#)
}

/// The terms of a label with at most one clause.
pub(crate) fn terms(text: &str) -> Terms {
    let label = label(text);
    Terms {
        tlp: label.tlp,
        audience: label.audience.into_iter().next(),
        purposes: label.purposes,
        expires: label.expires,
        statement: None,
    }
}

#[track_caller]
fn check(properties: &str, want: &str) {
    let text = definition("m", properties);
    let got = match Meaning::of(&Object::parse(&text).unwrap()) {
        Meaning::Known(it) => {
            let tlp = it.tlp.map(|it| it.to_string());
            let parts = [tlp, it.audience.map(|it| format!("{it:?}")), it.statement];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        Meaning::Unknown(why) => format!("unknown: {why}"),
    };
    assert_eq!(got, want, "{text}");
}

/// The extension with this body.
#[track_caller]
fn check_extension(body: &str, want: &str) {
    check(
        &format!(
            r#""extensions":{{"{RELEASABILITY_EXTENSION}":{{"extension_type":"property-extension",{body}}}}}"#
        ),
        want,
    );
}

#[test]
fn forms_of_the_standard() {
    check(r#""definition_type":"statement","definition":{"statement":"Ask first"}"#, "Ask first");
    check(r#""definition_type":"tlp","definition":{"tlp":"white"}"#, "TLP:CLEAR");
    let tlp = r#""extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":
        {"extension_type":"property-extension","tlp_2_0":"amber+strict"}}"#;
    check(tlp, "TLP:AMBER+STRICT");
    check(
        &format!(r#""definition_type":"tlp","definition":{{"tlp":"red"}},{tlp}"#),
        &format!("unknown: `{}` stands for TLP:AMBER+STRICT and for TLP:RED", id_of("m")),
    );
}

#[test]
fn what_we_cannot_be_sure_of() {
    check(r#""name":"nothing""#, "unknown: it says nothing");
    check(r#""extensions":[]"#, "unknown: `extensions` must be an object");
    check(
        r#""extensions":{"extension-definition--x":{}}"#,
        "unknown: the extension `extension-definition--x` is unknown here, and may restrict what it marks",
    );
    check(
        r#""extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{}}"#,
        "unknown: the extension for TLP 2.0 must hold `tlp_2_0` and nothing more",
    );
    let form = "unknown: `definition` must hold exactly the property that `definition_type` names, `statement` or `tlp`";
    check(r#""definition_type":"iep","definition":{"iep":"x"}"#, form);
    check(r#""definition_type":"statement""#, form);
    check(r#""definition":{"statement":"x"}"#, form);
    check(r#""definition_type":"statement","definition":{"statement":"x","tlp":"clear"}"#, form);
    check(
        r#""definition_type":"tlp","definition":{"tlp":"purple"}"#,
        "unknown: `purple` is no TLP level; expected `clear`, `green`, `amber`, `amber+strict` or `red`",
    );
}

#[test]
fn the_extension() {
    let il = "TLP:GREEN Clause { any_of: {Country(Country([73, 76]))}, except: {} }";
    check_extension(r#""tlp":"green","any_of":{"countries":["IL"]}"#, il);
    check_extension(r#""tlp":"green","any_of":{"countries":["il","IL"]},"purposes":["defence"]"#, il);
    check_extension(r#""any_of":{}"#, "Clause { any_of: {}, except: {} }");
    check_extension(r#""any_of":{"groups":[]}"#, "Clause { any_of: {}, except: {} }");
}

#[track_caller]
fn check_bad(body: &str, want: &str) {
    check_extension(body, &format!("unknown: releasability: {want}"));
}

#[test]
fn the_extension_is_read_strictly() {
    check_bad(r#""caveat":"noforn""#, "the key `caveat` is unknown here, and may restrict what it marks");
    check_bad(
        r#""any_of":{"regions":["EU"]}"#,
        "the key `regions` is unknown here, and may restrict what it marks",
    );
    check_bad(r#""except":{"countries":["IL"]}"#, "`except` needs `any_of`; without it nobody is named");
    check_bad(r#""any_of":["IL"]"#, "`any_of` must be an object");
    check_bad(r#""any_of":{"countries":"IL"}"#, "`any_of.countries` must be a list of strings");
    check_bad(r#""any_of":{"countries":["ISR"]}"#, "`any_of.countries` must be codes of ISO 3166-1 alpha-2");
    check_bad(
        r#""any_of":{"organisations":["indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]}"#,
        "`any_of.organisations` must be identifiers of STIX identities",
    );
    check_bad(r#""any_of":{"groups":[""]}"#, "`any_of.groups` must be names of groups");
    check_bad(
        r#""purposes":["offence"]"#,
        "`purposes` must be a list of `defence`, `research` and `law-enforcement`",
    );
    check_bad(r#""expires":"tomorrow""#, "`expires` must be a timestamp between 1678 and 2262");
    check_bad(r#""expires":"9999-01-01T00:00:00Z""#, "`expires` must be a timestamp between 1678 and 2262");
    check_bad(r#""tlp":"white""#, "`tlp` must be `clear`, `green`, `amber`, `amber+strict` or `red`");
    check(
        &format!(r#""extensions":{{"{RELEASABILITY_EXTENSION}":{{"any_of":{{}}}}}}"#),
        "unknown: releasability: `extension_type` must be `property-extension`",
    );
}

/// The golden text: other implementers compute the same identifier.
#[test]
fn equal_terms_are_one_object() {
    let terms = terms("amber+strict REL IL,AE,hydra NOT US FOR research,defence UNTIL 1800000000000000000");
    let (id, text) = releasability_marking(&terms);
    assert_eq!(
        text,
        format!(
            "{}{id}{}{}",
            r#"{"type":"marking-definition","spec_version":"2.1","id":""#,
            r#"","created":"2026-01-01T00:00:00.000Z","name":"TLP:AMBER+STRICT REL AE,IL,hydra NOT US UNTIL 2027-01-15T08:00:00.000Z","extensions":{"extension-definition--a0824a7f-c8b3-4329-8248-871a88126839":"#,
            r#"{"any_of":{"countries":["AE","IL"],"groups":["hydra"]},"except":{"countries":["US"]},"expires":"2027-01-15T08:00:00.000Z","extension_type":"property-extension","purposes":["defence","research"],"tlp":"amber+strict"}}}"#,
        )
    );
    assert_eq!(id.as_str(), "marking-definition--93562fec-18a7-5cc7-839c-6f9dd44fb9cc");
    let errors = validate_object(&Object::parse(&text).unwrap());
    assert!(errors.iter().all(|it| it.severity != Severity::Error), "{errors:?}");
}

#[test]
fn nobody_takes_the_identifier_of_an_audience() {
    let (id, _) = releasability_marking(&terms("amber+strict REL IL"));
    let (other, text) = releasability_marking(&terms("amber+strict REL IL,US"));
    let statement = r#""definition_type":"statement","definition":{"statement":"Ask first"}"#;
    for forged in [
        text.replace(other.as_str(), id.as_str()),
        format!(r#"{{"type":"marking-definition","id":"{id}",{statement}}}"#),
    ] {
        let Meaning::Unknown(why) = Meaning::of(&Object::parse(&forged).unwrap()) else { panic!("{forged}") };
        assert!(why.to_string().contains("its identifier belongs to other content"), "{why}");
    }
}
