//! Small STIX objects, written for these tests.

/// The marking that lets everybody read (TLP:CLEAR of TLP 2.0).
pub(crate) const CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";

/// The marking that lets nobody read who is not named (TLP:RED).
pub(crate) const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

/// The `number`th id of a type.
pub(crate) fn id(object_type: &str, number: usize) -> String {
    format!("{object_type}--{number:08x}-17d4-4cbf-938f-98ee46b3cd3f")
}

/// An indicator with this version and marking.
pub(crate) fn indicator_at(number: usize, modified: &str, marking: Option<&str>) -> String {
    let marking = marking.map(|it| format!(r#","object_marking_refs":["{it}"]"#)).unwrap_or_default();
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"{}","created":"2016-01-01T00:00:00.000Z","modified":"{modified}","name":"n{number}","pattern":"[domain-name:value = 'n{number}.example']","pattern_type":"stix","valid_from":"2016-01-01T00:00:00Z"{marking}}}"#,
        id("indicator", number)
    )
}

/// An indicator that everybody may read.
pub(crate) fn indicator(number: usize) -> String {
    indicator_at(number, "2016-01-01T00:00:00.000Z", Some(CLEAR))
}

/// Malware that everybody may read.
pub(crate) fn malware(number: usize) -> String {
    format!(
        r#"{{"type":"malware","spec_version":"2.1","id":"{}","created":"2016-01-01T00:00:00.000Z","modified":"2016-01-01T00:00:00.000Z","name":"m{number}","is_family":false,"object_marking_refs":["{CLEAR}"]}}"#,
        id("malware", number)
    )
}

/// An address, which has neither `created` nor `modified`.
pub(crate) fn address() -> (String, String) {
    let id = "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4";
    let text = format!(
        r#"{{"type":"ipv4-addr","spec_version":"2.1","id":"{id}","value":"198.51.100.3","object_marking_refs":["{CLEAR}"]}}"#
    );
    (id.to_owned(), text)
}

/// A tool in STIX 2.0, whose objects do not say their version of STIX.
pub(crate) fn tool_20(number: usize, modified: &str) -> String {
    format!(
        r#"{{"type":"tool","id":"{}","created":"2015-01-01T00:00:00.000Z","modified":"{modified}","name":"t{number}","labels":["remote-access"],"object_marking_refs":["{CLEAR}"]}}"#,
        id("tool", number)
    )
}

/// The same tool in STIX 2.1.
pub(crate) fn tool_21(number: usize, modified: &str) -> String {
    format!(
        r#"{{"type":"tool","spec_version":"2.1","id":"{}","created":"2015-01-01T00:00:00.000Z","modified":"{modified}","name":"t{number}","object_marking_refs":["{CLEAR}"]}}"#,
        id("tool", number)
    )
}

/// An envelope around objects.
pub(crate) fn envelope(objects: &[String]) -> String {
    format!(r#"{{"objects":[{}]}}"#, objects.join(","))
}
