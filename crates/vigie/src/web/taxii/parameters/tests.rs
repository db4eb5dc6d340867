//! Tests of `parameters.rs`.

use super::*;

const SIZE: PageSize = PageSize { default: 100, max: 1000 };
const ID: &str = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";

fn asked(text: &str) -> Asked {
    read(Endpoint::Objects, Some(text), SIZE).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn check_bad(endpoint: Endpoint, text: &str, want: &str) {
    let got = read(endpoint, Some(text), SIZE).map_err(|error| error.to_string());
    assert_eq!(got.map(|it| it.query).err().as_deref(), Some(want), "{text}");
}

#[test]
fn without_parameters_the_last_versions_are_meant() {
    let query = read(Endpoint::Objects, None, SIZE).unwrap().query;
    assert_eq!(query, Query::everything(100));
    for endpoint in [Endpoint::Versions, Endpoint::Delete] {
        assert_eq!(read(endpoint, None, SIZE).unwrap().query.versions, VersionFilter::All, "{endpoint:?}");
    }
}

#[test]
fn everything_at_once() {
    let other = "malware--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";
    let asked = asked(&format!(
        "added_after=2026-01-01T00:00:00.000001Z&limit=7&next=abc&match%5Bid%5D={ID},{other}&match[type]=indicator%2Cmalware\
         &match[version]=first,2016-01-01T01:01:01.000Z&match[spec_version]=2.0,2.1"
    ));
    let query = asked.query;
    assert_eq!(query.added_after, Some(1_767_225_600_000_001));
    assert_eq!((query.limit, asked.next.as_deref()), (7, Some("abc")));
    assert_eq!(query.ids, BTreeSet::from([ID.parse().unwrap(), other.parse().unwrap()]));
    assert_eq!(query.types, BTreeSet::from(["indicator".to_owned(), "malware".to_owned()]));
    let exact = BTreeSet::from(["2016-01-01T01:01:01Z".parse().unwrap()]);
    assert_eq!(query.versions, VersionFilter::Some { first: true, last: false, exact });
    assert_eq!(query.spec_versions, BTreeSet::from([SpecVersion::V20, SpecVersion::V21]));
}

#[test]
fn a_limit_is_bounded() {
    assert_eq!(asked("limit=1").query.limit, 1);
    assert_eq!(asked("limit=1000").query.limit, 1000);
    assert_eq!(asked("limit=1001").query.limit, 1000);
    assert_eq!(asked("limit=99999999999999999999999999").query.limit, 1000);
    for bad in ["0", "00", "-1", "1.5", "ten", "1e3", "0x10"] {
        let want = format!("`{bad}` is no limit; expected a whole number above 0");
        check_bad(Endpoint::Objects, &format!("limit={bad}"), &want);
    }
    check_bad(Endpoint::Objects, "limit=+5", "` 5` is no limit; expected a whole number above 0");
}

#[test]
fn nothing_is_given_twice() {
    for name in
        ["added_after", "match[version]", "match[type]", "match[id]", "match[spec_version]", "limit", "next"]
    {
        let value = match name {
            "added_after" => "2026-01-01T00:00:00Z",
            "match[version]" => "last",
            "match[spec_version]" => "2.1",
            "match[id]" => ID,
            _ => "1",
        };
        let text = format!("{name}={value}&{name}={value}");
        check_bad(Endpoint::Objects, &text, &format!("`{name}` is given twice"));
    }
}

#[test]
fn malformed_values_are_refused() {
    check_bad(
        Endpoint::Objects,
        "added_after=garbage",
        "`added_after`: `garbage` is no timestamp; expected one in UTC such as `2026-11-21T19:37:00.000000Z`",
    );
    let bad_version = "`2016` is no version; expected `first`, `last`, `all` or a timestamp";
    check_bad(Endpoint::Objects, "match[version]=2016", bad_version);
    check_bad(Endpoint::Objects, "match[version]=all,last", "`all` stands alone in `match[version]`");
    check_bad(Endpoint::Objects, "match[version]=all,all", "`all` stands alone in `match[version]`");
    let bad_spec = "`indicator` is no version of STIX; expected one such as `2.1`";
    check_bad(Endpoint::Objects, "match[spec_version]=indicator", bad_spec);
    check_bad(Endpoint::Objects, "match[id]=", "`match[id]` has an empty value");
    check_bad(Endpoint::Objects, "match[type]=a,,b", "`match[type]` has an empty value");
    check_bad(Endpoint::Objects, "limit", "`limit` has an empty value");
    for bad in ["limit=%", "limit=%4", "limit=%zz", "match[type]=%ff", "%c3%28=1"] {
        assert!(matches!(read(Endpoint::Objects, Some(bad), SIZE), Err(BadParameter::Encoding(_))), "{bad}");
    }
    let many = vec!["a"; MAX_VALUES + 1].join(",");
    let text = format!("match[type]={many}");
    check_bad(Endpoint::Objects, &text, "`match[type]` lists more than 1000 values");
}

#[test]
fn what_an_endpoint_does_not_define_is_ignored_except_by_delete() {
    assert_eq!(asked("match[colour]=red&match[colour]=blue&x=%zz&").query, Query::everything(100));
    let object = read(Endpoint::Object, Some("match[type]=malware&match[id]=x"), SIZE).unwrap().query;
    assert_eq!(object, Query::everything(100));
    let versions = read(Endpoint::Versions, Some("match[version]=nonsense"), SIZE).unwrap().query;
    assert_eq!(versions.versions, VersionFilter::All);
    let want = "`match[versions]` does not restrict a deletion; leave it out";
    check_bad(Endpoint::Delete, "match[versions]=last", want);
    check_bad(Endpoint::Delete, "limit=1", "`limit` does not restrict a deletion; leave it out");
}

#[test]
fn values_that_name_nothing_match_nothing() {
    let nothing = BTreeSet::from([String::new()]);
    assert_eq!(asked("match[id]=not-an-id").query.types, nothing);
    assert_eq!(asked("match[spec_version]=3.0").query.types, nothing);
    assert_eq!(asked("match[id]=not-an-id&match[type]=indicator").query.types, nothing);
    assert_eq!(asked("match[type]=indicator&match[id]=not-an-id").query.types, nothing);
    assert_eq!(asked(&format!("match[id]=not-an-id,{ID}")).query.ids.len(), 1);
    assert_eq!(asked("match[spec_version]=2.1,3.0").query.spec_versions, BTreeSet::from([SpecVersion::V21]));
}

#[test]
fn the_order_of_filters_does_not_matter_to_a_token() {
    let one = asked("match[type]=a&match[version]=last&limit=3").filters;
    let two = asked("limit=9&match%5Bversion%5D=last&match[type]=a").filters;
    assert_eq!(one, two);
    assert_ne!(one, asked("match[type]=b&match[version]=last").filters);
}

/// Every part of an address replaced by what breaks parsers: an answer within bounds, or a refusal.
#[test]
fn no_mutation_breaks_the_bounds() {
    let whole = format!(
        "added_after=2026-01-01T00:00:00.1Z&limit=7&next=abc&match%5Bid%5D={ID}&match[type]=a,b&match[version]=first,last\
         &match[spec_version]=2.1"
    );
    let pieces =
        ["", "%", "%f", "%00", "%ff", "&", "=", ",", "+", "é", "\0", "9999999999999999999999", "match[id]="];
    let endpoints =
        [Endpoint::Objects, Endpoint::Manifest, Endpoint::Object, Endpoint::Versions, Endpoint::Delete];
    for at in 0..whole.len() {
        for piece in pieces {
            let text = format!("{}{piece}{}", &whole[..at], &whole[at + 1..]);
            for endpoint in endpoints {
                let Ok(asked) = read(endpoint, Some(&text), SIZE) else { continue };
                assert!((1..=SIZE.max).contains(&asked.query.limit), "{endpoint:?} {text}");
                let named = asked.query.ids.len() + asked.query.types.len();
                assert!(named <= text.matches(',').count() + 2, "{endpoint:?} {text}");
            }
        }
    }
}
