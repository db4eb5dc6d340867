//! Small STIX objects, written for these tests.

/// The `number`th id of a type.
pub(crate) fn id(object_type: &str, number: usize) -> String {
    format!("{object_type}--{number:08x}-17d4-4cbf-938f-98ee46b3cd3f")
}

/// An indicator with this pattern.
pub(crate) fn indicator_of(number: usize, pattern: &str) -> String {
    let (id, pattern) = (id("indicator", number), serde_json::Value::from(pattern));
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"{id}","created":"2016-01-01T00:00:00.000Z","modified":"2016-01-01T00:00:00.000Z","pattern":{pattern},"pattern_type":"stix","valid_from":"2016-01-01T00:00:00Z"}}"#
    )
}

/// An indicator.
pub(crate) fn indicator(number: usize) -> String {
    indicator_of(number, &format!("[domain-name:value = 'n{number}.example']"))
}

/// The same with a description of so many bytes.
pub(crate) fn long_indicator(number: usize, bytes: usize) -> String {
    indicator(number).replacen('{', &format!(r#"{{"description":"{}","#, "x".repeat(bytes)), 1)
}

/// An envelope around objects.
pub(crate) fn envelope(objects: &[String]) -> String {
    format!(r#"{{"objects":[{}]}}"#, objects.join(","))
}

/// An EVE record of a question for a name.
pub(crate) fn question(name: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-01-02T03:04:05.000000+0000","event_type":"dns","src_ip":"192.0.2.1","dns":{{"type":"query","rrname":"{name}"}}}}"#
    ) + "\n"
}
