//! The answer to one request, read within limits.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use url::Url;

use super::{ExchangeError, Limits};
use crate::taxii::date::DateAdded;
use crate::taxii::wire::{self, ErrorMessage};

/// The longest text of a server's own that an error repeats, in characters.
const EXCERPT: usize = 200;

/// How much of the body of an error is read.
const ERROR_BYTES: usize = 64 << 10;

/// A success and its body.
#[derive(Debug)]
pub struct Answer {
    /// What answered, after redirects.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
}

impl Answer {
    /// The body as a document of TAXII. What the server calls its content type does not matter if it can be read.
    pub fn document<T: DeserializeOwned>(&self) -> Result<T, ExchangeError> {
        serde_json::from_slice(&self.body).map_err(|error| self.not_taxii(&error.to_string()))
    }

    /// The date added of the page's last object; `None` also where the server writes what is no date.
    pub fn last(&self) -> Option<DateAdded> {
        self.date(wire::DATE_ADDED_LAST)
    }

    /// The date added of the page's first object; see [`Answer::last`].
    pub fn first(&self) -> Option<DateAdded> {
        self.date(wire::DATE_ADDED_FIRST)
    }

    /// The audience epoch of a node of Vigie.
    pub fn epoch(&self) -> Option<u64> {
        self.headers.get(wire::EPOCH)?.to_str().ok()?.trim().parse().ok()
    }

    pub(crate) fn not_taxii(&self, why: &str) -> ExchangeError {
        let media = content_type(&self.headers);
        let why = format!("{why}; it begins with `{}`", excerpt(&self.body, 60));
        ExchangeError::NotTaxii { url: self.url.clone().into(), media, why }
    }

    fn date(&self, header: &str) -> Option<DateAdded> {
        DateAdded::read_leniently(self.headers.get(header)?.to_str().ok()?).ok()
    }
}

/// Reads an answer; one that is no success becomes an error.
pub(super) async fn read(url: &Url, response: Response, limits: &Limits) -> Result<Answer, ExchangeError> {
    let mut response = refuse_unless_success(url, response, limits).await?;
    let headers = std::mem::take(response.headers_mut());
    let too_large = || ExchangeError::TooLarge { url: url.clone().into(), limit: limits.body_bytes };
    let announced = response.content_length().map_or(0, |it| usize::try_from(it).unwrap_or(usize::MAX));
    if announced > limits.body_bytes {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(announced.min(1 << 20));
    while let Some(chunk) = chunk(url, &mut response, limits).await? {
        if chunk.len() > limits.body_bytes - body.len() {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { url: url.clone(), headers, body: body.into() })
}

/// Hands a success back unread, and turns anything else into an error.
pub(super) async fn refuse_unless_success(
    url: &Url,
    mut response: Response,
    limits: &Limits,
) -> Result<Response, ExchangeError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let mut body = Vec::new();
    while body.len() < ERROR_BYTES {
        // The status matters more than a body that cannot be read to its end.
        match chunk(url, &mut response, limits).await {
            Ok(Some(chunk)) => body.extend(chunk.iter().take(ERROR_BYTES - body.len())),
            Ok(None) | Err(_) => break,
        }
    }
    let message = error_message(&body).unwrap_or_else(|| {
        let reason = status.canonical_reason().unwrap_or("no reason given");
        match excerpt(&body, EXCERPT) {
            text if text.is_empty() => reason.to_owned(),
            text => format!("{reason} ({}: {text})", content_type(response.headers())),
        }
    });
    let retry_after = retry_after(response.headers());
    Err(ExchangeError::Refused { url: url.clone().into(), status: status.as_u16(), message, retry_after })
}

async fn chunk(url: &Url, response: &mut Response, limits: &Limits) -> Result<Option<Bytes>, ExchangeError> {
    response.chunk().await.map_err(|source| ExchangeError::of_request(url, source, limits))
}

/// What a TAXII error message says.
fn error_message(body: &[u8]) -> Option<String> {
    let error: ErrorMessage = serde_json::from_slice(body).ok()?;
    let texts = [Some(error.title), error.description].into_iter().flatten().filter(|it| !it.is_empty());
    let text = texts.collect::<Vec<_>>().join(": ");
    (!text.is_empty()).then(|| excerpt(text.as_bytes(), EXCERPT))
}

/// The beginning of a text that a stranger wrote, safe for a terminal and a log.
fn excerpt(body: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(body.get(..most * 4).unwrap_or(body));
    let plain = text.chars().map(|it| if it.is_control() { ' ' } else { it });
    plain.take(most).collect::<String>().trim().to_owned()
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).map_or(&b"no content type"[..], |it| it.as_bytes());
    excerpt(value, 80)
}

/// Seconds or a date. A date is held against the server's own clock, so that a difference of clocks does not matter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = http_date(text)?;
    let now = headers.get(DATE).and_then(|it| http_date(it.to_str().ok()?)).unwrap_or_else(Timestamp::now);
    Some(Duration::from_secs(u64::try_from(at.as_second().saturating_sub(now.as_second())).unwrap_or(0)))
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|it| it.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(retry: &str, date: &str, want: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry.parse().unwrap());
        headers.insert(DATE, date.parse().unwrap());
        assert_eq!(retry_after(&headers).map(|it| it.as_secs()), want, "{retry}");
    }

    #[test]
    fn retry_after_is_held_against_the_servers_clock() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        check("7", date, Some(7));
        check("Sun, 06 Nov 1994 08:50:37 GMT", date, Some(60));
        check("Sun, 06 Nov 1994 08:48:37 GMT", date, Some(0));
        check("soon", date, None);
        check("-1", date, None);
    }

    #[test]
    fn an_excerpt_cannot_steer_a_terminal() {
        assert_eq!(excerpt(b"\x1b[31mred\r\nline", 200), "[31mred  line");
        assert_eq!(excerpt("é".repeat(9).as_bytes(), 3), "ééé");
        assert_eq!(excerpt(b"\xff\xfe", 200), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn an_error_message_is_its_title_and_description() {
        let message = error_message(br#"{"title":"no","description":"because","http_status":"403"}"#);
        assert_eq!(message.as_deref(), Some("no: because"));
        assert_eq!(error_message(b"<html>"), None);
        assert_eq!(error_message(br#"{"code":500}"#), None);
    }
}
