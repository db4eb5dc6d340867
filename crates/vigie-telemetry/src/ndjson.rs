//! Generic JSON: any object is a record, each value inside it a field under its dotted name.
//!
//! What cloud services, clusters and web servers log is told by the names at the top ([`SHAPES`]), so that the mapping
//! files of this crate know it; for all else a mapping file of the reader's own says what the fields mean.

use crate::Limits;
use crate::flat::Flat;
use crate::json::{BadJson, Cursor};
use crate::summary::Notes;
use crate::time::log;

/// Kinds of records, and the names of fields that only they have together.
const SHAPES: &[(&str, &[&str])] = &[
    ("aws_cloudtrail", &["eventSource", "eventName", "awsRegion"]),
    ("gcp_audit", &["protoPayload.@type", "protoPayload.serviceName"]),
    ("kubernetes_audit", &["auditID", "verb", "stage"]),
    ("okta", &["eventType", "actor.alternateId", "outcome.result"]),
    ("m365", &["Workload", "Operation", "UserId"]),
    ("azure_signinlogs", &["properties.userPrincipalName", "properties.appDisplayName", "operationName"]),
    ("azure_activitylogs", &["operationName", "resourceId", "category"]),
    ("github_audit", &["action", "actor", "org"]),
    ("nginx", &["remote_addr", "request"]),
    ("nginx", &["remote_addr", "request_uri"]),
    ("docker", &["log", "stream", "time"]),
    ("syslog_agent", &["SyslogMessage", "Facility", "ProcessName"]),
];

/// Reads one record.
pub(crate) fn read<'a>(cursor: Cursor<'a>, limits: &Limits, notes: &mut Notes) -> Result<Flat<'a>, BadJson> {
    let (mut flat, whole) = Flat::of_object(cursor, limits.max_observables)?;
    if !whole {
        notes.count("ndjson", "values beyond the limit");
    }
    let has = |name: &str| flat.fields.iter().any(|it| it.name == name);
    let shape = SHAPES.iter().find(|(_, names)| names.iter().all(|it| has(it)));
    flat.kind = shape.map_or("json", |it| it.0).into();
    let times = log::time_names(&flat.fields.iter().map(|it| &*it.name));
    flat.time = times.into_iter().find_map(|at| log::any(flat.fields.get(at)?.value.text()?));
    Ok(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::told;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let limits = Limits { max_depth: 4, max_observables: 5, ..Limits::default() };
        let mut notes = Notes::default();
        let got = read(Cursor::new(text, limits.max_depth), &limits, &mut notes)
            .map_or_else(|it| it.to_string(), |it| told(&it));
        let notes: Vec<_> = notes.iter().map(|it| it.0.to_owned()).collect();
        assert_eq!(got + &notes.join(" "), want, "{text}");
    }

    #[test]
    fn records() {
        check(
            r#"{"a":{"b":[1,"x"]},"time":"2021-04-01T00:00:21Z"}"#,
            "json at 1617235221 a.b=1 a.b=x time=2021-04-01T00:00:21Z",
        );
        check(
            r#"{"eventTime":"2021-04-01T00:00:21Z","eventSource":"s3","eventName":"n","awsRegion":"r"}"#,
            "aws_cloudtrail at 1617235221 eventTime=2021-04-01T00:00:21Z eventSource=s3 eventName=n awsRegion=r",
        );
        check(
            r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}"#,
            "json a=1 b=2 c=3 d=4 e=5ndjson `values beyond the limit`",
        );
        check(r#"{"a":"#, "expected a value at byte 5");
        check("[1]", "expected an object at byte 0");
        check(r#"{"a":{"a":{"a":{"a":{}}}}}"#, "lists and objects are nested deeper than 4");
    }
}
