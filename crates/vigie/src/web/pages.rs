//! The pages of a node, for people.
//!
//! | address | page |
//! |---|---|
//! | `/` | the node at a glance ([`overview`]) |
//! | `/intel`, `/intel/{id}` | intelligence, and one object with all its versions ([`intel`]) |
//! | `/alert`, `/alert/{id}` | what this node's sensors saw, and the proof ([`alert`]) |
//! | `/peer` | the allies' nodes ([`peer`]) |
//! | `/assets/vigie.css` | how it looks |
//!
//! A page is a struct beside its handler and a template of the same name. Nothing needs a script. A failure becomes a
//! page too, in the reader's language ([`present`]).
//!
//! Invariants
//! - A value that came from outside is a [`shown::Foreign`]; everything else is escaped by the template.
//! - What the caller may not see is not found; alerts and allies are shown to the node's own people only.
//! - Every list is bounded, and what a page costs does not grow with the store.
//!
//! Start with [`routes`] and [`Frame`].

mod alert;
mod intel;
mod overview;
mod peer;
mod problem;
mod shown;

use std::convert::Infallible;

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use url::form_urlencoded;
use vigie_app::session::Session;

pub(crate) use self::shown::Foreign;
use super::error::Failure;
use super::language::Language;
use super::routes::Site;

/// Where a list starts that is not asked to go on elsewhere, and how long it is.
const ROWS: usize = 50;

/// Bytes of one value in a query; what is longer is not looked at.
const MAX_VALUE: usize = 200;

/// What a page may load: our own style sheet and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);

/// What browsers must not do with pages.
const SAFETY: [(HeaderName, HeaderValue); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    ),
];

/// All pages.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(overview::show))
        .route("/intel", get(intel::list))
        .route("/intel/{id}", get(intel::show))
        .route("/alert", get(alert::list))
        .route("/alert/{id}", get(alert::show))
        .route("/peer", get(peer::list))
        .layer(from_fn(present))
        .route("/assets/vigie.css", get(style))
}

/// Around every page: its headers, and words for what went wrong.
async fn present(request: Request, next: Next) -> Response {
    let asked = Asked::of(request.uri(), request.headers().get(ACCEPT_LANGUAGE));
    let language = asked.language;
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        response = problem::page(asked, response).await;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
    headers.insert(VARY, HeaderValue::from_static("accept-language, authorization"));
    headers.extend(SAFETY);
    response
}

/// `GET /assets/vigie.css`; the address carries the version, so it may be kept.
async fn style() -> Response {
    let kind = (CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    let keep = (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    ([kind, keep], include_str!("../../assets/vigie.css")).into_response()
}

/// A page on its way out.
fn html(page: &impl Template) -> Result<Response, Failure> {
    let text = page.render().map_err(|error| Failure::internal(&error))?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok(([(CONTENT_TYPE, kind)], text).into_response())
}

/// What a request asks for in its query, and in which language.
#[derive(Clone, Debug)]
struct Asked {
    path: String,
    query: Vec<(String, String)>,
    language: Language,
}

impl Asked {
    fn of(uri: &Uri, accepted: Option<&HeaderValue>) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let query: Vec<_> = pairs.into_owned().filter(|(_, it)| it.len() <= MAX_VALUE).take(16).collect();
        let chosen = query.iter().find(|(key, _)| key == "lang").and_then(|(_, it)| Language::of_code(it));
        let preferred = || accepted.and_then(|it| it.to_str().ok()).map(Language::preferred);
        let language = chosen.or_else(preferred).unwrap_or(Language::English);
        Self { path: uri.path().to_owned(), query, language }
    }

    /// The value under a name, if there is one and it is not blank.
    fn value(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name)?;
        Some(found.1.trim()).filter(|it| !it.is_empty())
    }
}

impl FromRequestParts<Site> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, parts.headers.get(ACCEPT_LANGUAGE)))
    }
}

/// What all pages have around them.
struct Frame {
    /// In which language.
    language: Language,
    /// Which part of the node this is.
    section: Section,
    /// Whose node this is; None while the caller is a stranger.
    node: Option<Foreign>,
    /// Its country's two letters.
    country: String,
    /// As whom the caller is known here.
    caller: Option<Foreign>,
    /// Whether the caller is one of the node's own people.
    own: bool,
    asked: Asked,
}

/// A part of the node, as the navigation has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Overview,
    Intel,
    Alert,
    Peer,
    /// None of them.
    Nowhere,
}

impl Frame {
    fn new(site: &Site, session: &Session, asked: Asked, section: Section) -> Self {
        let node = site.app.node();
        Self {
            language: asked.language,
            section,
            node: Some(Foreign::words(&node.name)),
            country: node.country.to_string(),
            caller: Some(Foreign::words(&session.name)),
            own: session.is_own(&site.app),
            asked,
        }
    }

    /// A text in the page's language.
    fn say(&self, key: &str) -> String {
        self.language.say(key)
    }

    /// A text that speaks of a number.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates give every argument by reference")]
    fn count(&self, key: &str, count: &u64) -> String {
        self.language.count(key, *count)
    }

    /// A number as the language writes it.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates give every argument by reference")]
    fn number(&self, number: &u64) -> String {
        self.language.number(*number)
    }

    /// An address of this node, in the language that was chosen.
    fn to(&self, path: &str) -> String {
        self.to_with(path, &[])
    }

    /// The same with a query.
    fn to_with(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(query.iter().filter(|(_, it)| !it.is_empty()));
        text.extend_pairs(self.chosen().map(|it| ("lang", it)));
        let text = text.finish();
        if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
    }

    /// This page in every language: its name, code and address, and whether it is the one shown.
    fn languages(&self) -> Vec<(&'static str, &'static str, String, bool)> {
        let in_language = |it: Language| {
            let mut text = form_urlencoded::Serializer::new(String::new());
            text.extend_pairs(self.asked.query.iter().filter(|(key, _)| key != "lang"));
            text.append_pair("lang", it.code());
            (it.name(), it.code(), format!("{}?{}", self.asked.path, text.finish()), it == self.language)
        };
        Language::ALL.into_iter().map(in_language).collect()
    }

    /// The language, if it was chosen on a page.
    fn chosen(&self) -> Option<&'static str> {
        self.asked.value("lang").and_then(Language::of_code).map(Language::code)
    }

    /// For the navigation: whether this is the page shown.
    fn is(&self, section: Section) -> bool {
        self.section == section
    }
}

/// Closes a page to everybody but the node's own people.
fn own_only(site: &Site, session: &Session) -> Result<(), Failure> {
    if session.is_own(&site.app) { Ok(()) } else { Err(Failure::NotFound("page")) }
}

#[cfg(test)]
mod tests;
