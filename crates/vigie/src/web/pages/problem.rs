//! A page for what went wrong: the answer of a program said again for a person.

use askama::Template;
use axum::body::to_bytes;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use vigie_exchange::taxii::wire::ErrorMessage;

use super::shown::Foreign;
use super::{Asked, Frame, Section};

/// Bytes of an error message.
const MAX_MESSAGE: usize = 64 << 10;

/// How browsers ask people for a token: as user name and password.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"vigie\", charset=\"UTF-8\"");

/// What went wrong.
#[derive(Template)]
#[template(path = "problem/show.html")]
pub(super) struct Show {
    pub(super) frame: Frame,
    pub(super) status: u16,
    pub(super) title: String,
    pub(super) advice: String,
    /// Under which the node's log has the reason.
    pub(super) error_id: Option<Foreign>,
}

/// The page for an answer that is a failure.
pub(super) async fn page(asked: Asked, answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let message: Option<ErrorMessage> =
        to_bytes(body, MAX_MESSAGE).await.ok().and_then(|it| serde_json::from_slice(&it).ok());
    let language = asked.language;
    let (title, advice) = words(parts.status);
    let page = Show {
        status: parts.status.as_u16(),
        title: language.say(title),
        advice: language.say(advice),
        error_id: message.and_then(|it| it.error_id).map(|it| Foreign::code(&it)),
        frame: Frame {
            language,
            section: Section::Nowhere,
            node: None,
            country: String::new(),
            caller: None,
            own: false,
            asked,
        },
    };
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if parts.status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    (parts, page.render().unwrap_or_default()).into_response()
}

/// The keys of the words for a status.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED => ("problem-stranger", "problem-stranger-advice"),
        StatusCode::SERVICE_UNAVAILABLE => ("problem-busy", "problem-busy-advice"),
        it if it.is_server_error() => ("problem-inside", "problem-inside-advice"),
        StatusCode::METHOD_NOT_ALLOWED => ("problem-method", "problem-absent-advice"),
        _ => ("problem-absent", "problem-absent-advice"),
    }
}
