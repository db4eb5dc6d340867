//! Why a request was not answered as asked, and the only place that knows HTTP status codes for it.
//!
//! Every failure goes out as a TAXII error message (section 3.6.1 of TAXII 2.1), also outside the TAXII endpoints: one
//! form for all programs. What happened inside the node is logged under an id; the client is told the id and no more.
//!
//! Invariants
//! - A failure tells nothing of what the caller may not know: an unknown thing and a hidden one read the same.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;
use vigie_app::add_objects::AddError;
use vigie_app::app::AppError;
use vigie_app::read_objects::CollectionError;
use vigie_exchange::taxii::media;
use vigie_exchange::taxii::wire::ErrorMessage;

use super::taxii::parameters::BadParameter;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Nobody proved to be anybody.
    #[error("these credentials open nothing here")]
    Unauthenticated,
    /// There is none, or the caller may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The caller knows the thing and lacks the right.
    #[error("{0}")]
    Forbidden(String),
    /// The address exists, but not for this method.
    #[error("this address does not take that method")]
    Method,
    /// A query parameter cannot be understood.
    #[error("a query parameter cannot be understood")]
    Parameter(#[from] BadParameter),
    /// No media type that the client takes is offered.
    #[error("only `{}` is offered", media::TAXII)]
    NotAcceptable,
    /// The body is of a kind that is not taken.
    #[error("a body of this kind is not taken; send `{}` without a content encoding", media::TAXII)]
    MediaType,
    /// The body is larger than announced as `max_content_length`.
    #[error("the body is larger than {0} bytes; send the objects in several requests")]
    TooLarge(usize),
    /// The body did not come as the request said, or not in time.
    #[error("the body did not arrive whole: {0}")]
    Body(&'static str),
    /// The body came whole and is not what the endpoint takes.
    #[error("{0}")]
    Unprocessable(String),
    /// Too much to do at the moment.
    #[error("the node has too much to do; try again in a moment")]
    Busy,
    /// The node's disk is full.
    #[error("the node has no room left; nothing of this request was kept")]
    NoRoom,
    /// The answer took too long to make.
    #[error("the answer took too long to make")]
    TimedOut,
    /// Something failed here; the log has it under this id.
    #[error("something failed here; the node's log has the reason under `error_id`")]
    Internal(Uuid),
}

/// Seconds after which a client may ask a busy node again.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// The schemes on offer (RFC 7235); client certificates have none.
const CHALLENGES: [HeaderValue; 2] = [
    HeaderValue::from_static("Basic realm=\"vigie\", charset=\"UTF-8\""),
    HeaderValue::from_static("Bearer realm=\"vigie\""),
];

impl Failure {
    /// Logs what failed inside and keeps only its id.
    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        let id = Uuid::new_v4();
        tracing::error!(error_id = %id, reasons = %reasons(error), "a request failed");
        Self::Internal(id)
    }

    /// The status that says so.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Parameter(_) => StatusCode::BAD_REQUEST,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The body that says so.
    pub(super) fn message(&self) -> ErrorMessage {
        ErrorMessage {
            title: self.to_string(),
            description: std::error::Error::source(self).map(ToString::to_string),
            error_id: if let Self::Internal(id) = self { Some(id.to_string()) } else { None },
            http_status: Some(self.status().as_u16()),
            ..ErrorMessage::default()
        }
    }
}

/// An error with all that led to it.
fn reasons(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |it| it.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.message()).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media::TAXII));
        match self {
            Self::Unauthenticated => {
                for challenge in CHALLENGES {
                    headers.append(WWW_AUTHENTICATE, challenge);
                }
            }
            Self::Busy | Self::TimedOut => {
                headers.insert(RETRY_AFTER, RETRY_SECONDS);
            }
            _ => {}
        }
        response
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            passing if passing.is_passing() => {
                tracing::warn!(error = %reasons(&passing), "a request has to wait");
                Self::Busy
            }
            full if full.is_full() => {
                tracing::error!(error = %reasons(&full), "a request found no room");
                Self::NoRoom
            }
            other => Self::internal(&other),
        }
    }
}

impl From<CollectionError> for Failure {
    fn from(error: CollectionError) -> Self {
        match error {
            CollectionError::NotFound => Self::NotFound("collection"),
            CollectionError::Forbidden(_) => Self::Forbidden(error.to_string()),
            CollectionError::App(inner) => inner.into(),
        }
    }
}

impl From<AddError> for Failure {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Collection(inner) => inner.into(),
            AddError::Body(_) => Self::Unprocessable(error.to_string()),
            AddError::App(inner) => inner.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(failure: &Failure, want: &str) {
        assert_eq!(serde_json::to_string(&failure.message()).unwrap(), want);
    }

    #[test]
    fn the_body_repeats_the_status_as_a_string() {
        check(
            &Failure::NotFound("collection"),
            r#"{"title":"there is no such collection","http_status":"404"}"#,
        );
        check(
            &Failure::Parameter(BadParameter::Twice("limit".into())),
            r#"{"title":"a query parameter cannot be understood","description":"`limit` is given twice","http_status":"400"}"#,
        );
    }

    #[test]
    fn reasons_stay_inside() {
        let failure = Failure::internal(&std::io::Error::other("secret path"));
        let Failure::Internal(id) = &failure else { panic!("{failure:?}") };
        let body = serde_json::to_string(&failure.message()).unwrap();
        assert!(body.contains(&id.to_string()) && !body.contains("secret"), "{body}");
    }

    #[test]
    fn both_schemes_are_offered() {
        let response = Failure::Unauthenticated.into_response();
        let offered: Vec<_> = response.headers().get_all(WWW_AUTHENTICATE).iter().collect();
        assert_eq!(offered, ["Basic realm=\"vigie\", charset=\"UTF-8\"", "Bearer realm=\"vigie\""]);
        assert_eq!(response.headers()[CONTENT_TYPE], media::TAXII);
    }
}
