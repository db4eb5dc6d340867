//! Each document as it is written, and as servers are known to write it.

use std::fmt::Debug;

use serde::de::DeserializeOwned;

use super::*;

/// Reads `input` and compares what is written from it with `want`.
#[track_caller]
fn check<T: DeserializeOwned + Serialize + Debug>(input: &str, want: &str) {
    let got = match serde_json::from_str::<T>(input) {
        Ok(document) => serde_json::to_string(&document).unwrap(),
        Err(error) => format!("error: {error}"),
    };
    assert_eq!(got, want, "{input}");
}

#[test]
fn discovery_leaves_out_what_is_absent() {
    let whole = r#"{"title":"t","description":"d","contact":"c","default":"/a/","api_roots":["/a/"]}"#;
    check::<Discovery>(whole, whole);
    check::<Discovery>(r#"{"title":"t","api_roots":null,"contact":null}"#, r#"{"title":"t"}"#);
}

#[test]
fn an_api_root_is_read_whatever_its_versions() {
    let whole = r#"{"title":"t","versions":["application/taxii+json;version=2.1"],"max_content_length":10}"#;
    check::<ApiRoot>(whole, whole);
    check::<ApiRoot>(
        r#"{"title":"t","versions":["2.1"],"max_content_length":"99"}"#,
        r#"{"title":"t","versions":["2.1"],"max_content_length":99}"#,
    );
    check::<ApiRoot>(
        r#"{"title":null,"versions":null,"max_content_length":-1}"#,
        r#"{"title":"","versions":[],"max_content_length":0}"#,
    );
}

#[test]
fn no_collections_is_an_empty_object() {
    check::<Collections>(r#"{"collections":[]}"#, "{}");
    check::<Collections>(r#"{"collections":null,"x_other":1}"#, "{}");
}

#[test]
fn a_collection_states_both_rights() {
    let whole = r#"{"id":"i","title":"t","alias":"a","can_read":true,"can_write":false,"media_types":["application/stix+json;version=2.1"]}"#;
    check::<Collection>(whole, whole);
    check::<Collection>(r#"{"id":"i"}"#, r#"{"id":"i","title":"","can_read":false,"can_write":false}"#);
    check::<Collection>("{}", "error: missing field `id` at line 1 column 2");
}

#[test]
fn a_manifest_writes_microseconds() {
    check::<Manifest>(
        r#"{"more":true,"objects":[{"id":"i","date_added":"2016-01-01T00:00:00Z","version":"v"}]}"#,
        r#"{"more":true,"objects":[{"id":"i","date_added":"2016-01-01T00:00:00.000000Z","version":"v"}]}"#,
    );
    check::<Manifest>(r#"{"more":false,"objects":[]}"#, "{}");
    check::<Versions>(r#"{"more":false,"versions":[],"next":null}"#, "{}");
    check::<Versions>(
        r#"{"versions":["2016-01-01T00:00:00.1Z"]}"#,
        r#"{"versions":["2016-01-01T00:00:00.1Z"]}"#,
    );
}

#[test]
fn a_status_keeps_its_counts() {
    check::<Status>(
        r#"{"id":"s","status":"complete","request_timestamp":"2016-01-01T00:00:00Z","total_count":2,"success_count":1,
            "successes":[],"failure_count":1,"failures":[{"id":"i","version":"v","message":"m"}],"pending_count":"0"}"#,
        r#"{"id":"s","status":"complete","request_timestamp":"2016-01-01T00:00:00.000000Z","total_count":2,"success_count":1,"failure_count":1,"failures":[{"id":"i","version":"v","message":"m"}],"pending_count":0}"#,
    );
    check::<Status>(
        r#"{"id":"s","status":"failed"}"#,
        "error: unknown variant `failed`, expected `complete` or `pending` at line 1 column 27",
    );
}

#[test]
fn the_status_of_an_error_is_a_string() {
    check::<ErrorMessage>(r#"{"title":"t","http_status":404}"#, r#"{"title":"t","http_status":"404"}"#);
    check::<ErrorMessage>(r#"{"title":"t","http_status":"404"}"#, r#"{"title":"t","http_status":"404"}"#);
    check::<ErrorMessage>(r#"{"code":404,"name":"Not Found"}"#, r#"{"title":""}"#);
}
