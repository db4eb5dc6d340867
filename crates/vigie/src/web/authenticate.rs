//! Who is calling: from a request to a session.
//!
//! HTTP Basic and Bearer carry a token; without an `Authorization` header the certificate of the connection counts. A
//! header that proves nothing is not made good by a certificate. Every way to fail reads the same.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vigie_app::session::{Credential, Session};

use super::error::Failure;
use super::listen::Remote;
use super::routes::Site;

/// An authenticated caller. A handler that takes one is closed to everybody else.
pub(super) struct Caller(pub Session);

impl FromRequestParts<Site> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let credential = credential(parts).ok_or(Failure::Unauthenticated)?;
        let session = site.app.authenticate(credential).await?;
        session.map(Self).ok_or(Failure::Unauthenticated)
    }
}

/// What the request proves itself with, if anything that can be read.
fn credential(parts: &Parts) -> Option<Credential> {
    let mut given = parts.headers.get_all(AUTHORIZATION).iter();
    let Some(header) = given.next() else {
        let fingerprint = parts.extensions.get::<Remote>()?.certificate.clone()?;
        return Some(Credential::Certificate { fingerprint });
    };
    if given.next().is_some() {
        return None;
    }
    read_header(header.to_str().ok()?)
}

/// Reads the value of an `Authorization` header (RFC 7617, RFC 6750).
fn read_header(value: &str) -> Option<Credential> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
        let (name, secret) = pair.split_once(':')?;
        Some(Credential::Basic { name: name.to_owned(), secret: secret.to_owned() })
    } else if scheme.eq_ignore_ascii_case("bearer") && !rest.is_empty() {
        Some(Credential::Bearer { secret: rest.to_owned() })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, want: Option<&str>) {
        let got = read_header(value).map(|it| match it {
            Credential::Basic { name, secret } => format!("basic {name} {secret}"),
            Credential::Bearer { secret } => format!("bearer {secret}"),
            Credential::Certificate { .. } => "certificate".to_owned(),
        });
        assert_eq!(got.as_deref(), want, "{value}");
    }

    #[test]
    fn headers() {
        check("Basic YWxpY2U6czpzZWNyZXQ=", Some("basic alice s:secret"));
        check("basic  YWxpY2U6 ", Some("basic alice "));
        check("Bearer abc", Some("bearer abc"));
        check("BEARER abc", Some("bearer abc"));
        for bad in ["", "Basic", "Basic !!!", "Basic YWxpY2U=", "Basic /w==", "Bearer ", "Token abc", "abc"] {
            check(bad, None);
        }
    }

    fn parts(headers: &[&str], certificate: bool) -> Parts {
        let mut builder = axum::http::Request::builder();
        for header in headers {
            builder = builder.header(AUTHORIZATION, *header);
        }
        let mut parts = builder.body(()).unwrap().into_parts().0;
        let certificate = certificate.then(|| "0".repeat(64).parse().unwrap());
        parts.extensions.insert(Remote { address: ([127, 0, 0, 1], 1).into(), certificate });
        parts
    }

    #[test]
    fn a_certificate_counts_only_without_a_header() {
        assert!(matches!(credential(&parts(&[], true)), Some(Credential::Certificate { .. })));
        assert!(credential(&parts(&[], false)).is_none());
        assert!(matches!(credential(&parts(&["Bearer a"], true)), Some(Credential::Bearer { .. })));
        assert!(credential(&parts(&["Token a"], true)).is_none());
        assert!(credential(&parts(&["Bearer a", "Bearer b"], true)).is_none());
    }
}
