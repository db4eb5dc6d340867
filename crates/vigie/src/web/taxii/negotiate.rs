//! Media types of requests (section 1.6.8 of TAXII 2.1): which are answered, which bodies are taken.
//!
//! An `Accept` that names a type defined for the endpoint, with or without `version`, is never refused. Bodies may also
//! call themselves STIX, as the world's most used platform does (`OpenCTI-Platform/connectors#7499`).

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use vigie_exchange::taxii::media::{self, Media};

use crate::web::error::Failure;

/// The request takes TAXII 2.1 for an answer.
pub(super) struct Negotiated;

impl<S: Sync> FromRequestParts<S> for Negotiated {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        if accepts_taxii(&parts.headers) { Ok(Self) } else { Err(Failure::NotAcceptable) }
    }
}

/// Several `Accept` headers are one list (RFC 9110 section 5.3).
fn accepts_taxii(headers: &HeaderMap) -> bool {
    let texts: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|it| it.to_str().ok()).collect();
    let header = (headers.contains_key(ACCEPT)).then(|| texts.join(","));
    media::accepts(header.as_deref(), &[Media::Taxii])
}

/// Checks that a body calls itself what the endpoint takes.
pub(super) fn check_body(headers: &HeaderMap) -> Result<(), Failure> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let kind = types.next().and_then(|it| it.to_str().ok()).map_or(Media::Other, Media::of);
    let plain =
        headers.get_all(CONTENT_ENCODING).iter().all(|it| it.as_bytes().eq_ignore_ascii_case(b"identity"));
    let known = matches!(kind, Media::Taxii | Media::Stix) && types.next().is_none();
    if known && plain { Ok(()) } else { Err(Failure::MediaType) }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[track_caller]
    fn check_accept(values: &[&'static str], want: bool) {
        let pairs: Vec<_> = values.iter().map(|it| (ACCEPT, *it)).collect();
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, HeaderValue::from_static(value));
        }
        assert_eq!(accepts_taxii(&map), want, "{values:?}");
    }

    #[test]
    fn answers() {
        check_accept(&[], true);
        check_accept(&["application/taxii+json"], true);
        check_accept(&["application/taxii+json; version=2.1"], true);
        check_accept(&["text/html", "application/taxii+json;version=2.1"], true);
        check_accept(&["application/stix+json;version=2.1,application/taxii+json;version=2.1"], true);
        check_accept(&["*/*"], true);
        check_accept(&["text/html"], false);
        check_accept(&["application/taxii+json;version=2.0"], false);
        check_accept(&["application/vnd.oasis.taxii+json; version=2.0"], false);
    }

    #[track_caller]
    fn check_type(pairs: &[(HeaderName, &'static str)], want: bool) {
        assert_eq!(check_body(&headers(pairs)).is_ok(), want, "{pairs:?}");
    }

    #[test]
    fn bodies() {
        check_type(&[(CONTENT_TYPE, "application/taxii+json;version=2.1")], true);
        check_type(&[(CONTENT_TYPE, "application/taxii+json; version=2.1")], true);
        check_type(&[(CONTENT_TYPE, "application/taxii+json")], true);
        check_type(&[(CONTENT_TYPE, "application/stix+json;version=2.1")], true);
        check_type(&[(CONTENT_TYPE, "application/taxii+json"), (CONTENT_ENCODING, "identity")], true);
        check_type(&[(CONTENT_TYPE, "application/taxii+json"), (CONTENT_ENCODING, "gzip")], false);
        check_type(&[(CONTENT_TYPE, "application/taxii+json;version=2.0")], false);
        check_type(&[(CONTENT_TYPE, "application/json")], false);
        check_type(&[(CONTENT_TYPE, "text/plain")], false);
        check_type(&[], false);
    }
}
