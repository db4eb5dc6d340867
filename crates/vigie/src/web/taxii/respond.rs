//! Answers: TAXII documents, and pages of objects written from the exact texts that came in.
//!
//! A page is never assembled a second time in memory: its length is known before the first byte, and its texts are
//! dropped as they go out. A client that stops taking it is given up, and the room it took is free again.
//!
//! Invariants
//! - Only released objects are written.
//! - Every page says between which dates it lies (section 3.5 of TAXII 2.1), an empty one as well.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serde::Serialize;
use tokio::sync::mpsc;
use vigie_exchange::taxii::date::DateAdded;
use vigie_exchange::taxii::media;
use vigie_exchange::taxii::wire::{DATE_ADDED_FIRST, DATE_ADDED_LAST, EPOCH, Status};
use vigie_model::intel::Intel;
use vigie_policy::Released;

use crate::web::error::Failure;
use crate::web::routes::PageRoom;

/// Bytes of a page that are made at once.
const PIECE: usize = 64 << 10;

/// Pieces that wait for the client to take them.
const WAITING: usize = 2;

/// Between which dates a page lies, and under which epoch it was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dates {
    /// Of its first row.
    pub first: DateAdded,
    /// Of its last row.
    pub last: DateAdded,
    /// Moves when what the client may see changed other than by addition.
    pub epoch: u64,
}

/// A document under 200.
pub(super) fn document(document: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_vec(document).map_err(|error| Failure::internal(&error))?;
    Ok(typed(body.into()))
}

/// The status of a request to add objects, under 202 (section 5.5).
pub(super) fn accepted(status: &Status) -> Result<Response, Failure> {
    let mut response = document(status)?;
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}

/// A document that is a page, under 200.
pub(super) fn page(content: &impl Serialize, dates: Dates) -> Result<Response, Failure> {
    let mut response = document(content)?;
    date(&mut response, dates)?;
    Ok(response)
}

/// An envelope of objects (section 3.7), under 200.
///
/// `room` is held until the client has taken the last byte, or has been too slow.
pub(super) fn envelope(
    items: Vec<Released<Intel>>,
    next: Option<&str>,
    dates: Dates,
    room: PageRoom,
) -> Result<Response, Failure> {
    let mut pieces = Pieces::new(items, next);
    let length = pieces.length();
    let body = if length <= PIECE {
        // One piece holds it all.
        Body::from(pieces.next().unwrap_or_default())
    } else {
        in_pieces(pieces, length, room)
    };
    let mut response = typed(body);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    date(&mut response, dates)?;
    Ok(response)
}

/// The bytes of an envelope, a piece at a time.
struct Pieces {
    head: Vec<u8>,
    items: std::vec::IntoIter<Released<Intel>>,
    /// What comes after the last object; taken once written.
    tail: Option<&'static [u8]>,
}

impl Pieces {
    fn new(items: Vec<Released<Intel>>, next: Option<&str>) -> Self {
        let mut members = Vec::new();
        if let Some(next) = next {
            members.push(format!("\"more\":true,\"next\":{}", serde_json::Value::from(next)));
        }
        let mut tail: &[u8] = b"}";
        if !items.is_empty() {
            members.push("\"objects\":[".to_owned());
            tail = b"]}";
        }
        let head = format!("{{{}", members.join(",")).into_bytes();
        Self { head, items: items.into_iter(), tail: Some(tail) }
    }

    /// How many bytes all pieces together will have.
    fn length(&self) -> usize {
        let texts: usize = self.items.as_slice().iter().map(|it| it.get().text.len()).sum();
        let commas = self.items.len().saturating_sub(1);
        self.head.len() + texts + commas + self.tail.map_or(0, <[u8]>::len)
    }
}

impl Iterator for Pieces {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.tail?;
        let mut piece = std::mem::take(&mut self.head);
        piece.reserve(PIECE);
        while piece.len() < PIECE {
            let Some(item) = self.items.next() else {
                piece.extend_from_slice(self.tail.take()?);
                break;
            };
            piece.extend_from_slice(item.get().text.as_bytes());
            if self.items.len() > 0 {
                piece.push(b',');
            }
        }
        Some(piece)
    }
}

/// Sends pieces as the client takes them. A client that stops gets an error, never a shorter page.
fn in_pieces(pieces: Pieces, length: usize, room: PageRoom) -> Body {
    let (sender, mut receiver) = mpsc::channel::<Vec<u8>>(WAITING);
    tokio::spawn(async move {
        let send = async {
            for piece in pieces {
                if sender.send_timeout(piece, room.stall).await.is_err() {
                    break;
                }
            }
        };
        // Whoever is cut off finds out by the length.
        tokio::time::timeout(room.send, send).await.ok();
        drop(room);
    });
    let mut left = length;
    Body::from_stream(stream::poll_fn(move |cx| {
        receiver.poll_recv(cx).map(|piece| match piece {
            Some(piece) => {
                left = left.saturating_sub(piece.len());
                Some(Ok(Bytes::from(piece)))
            }
            None if left == 0 => None,
            None => {
                left = 0;
                Some(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not take the page")))
            }
        })
    }))
}

fn typed(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media::TAXII));
    response
}

fn date(response: &mut Response, dates: Dates) -> Result<(), Failure> {
    let value =
        |it: DateAdded| HeaderValue::try_from(it.to_string()).map_err(|error| Failure::internal(&error));
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static(DATE_ADDED_FIRST), value(dates.first)?);
    headers.insert(HeaderName::from_static(DATE_ADDED_LAST), value(dates.last)?);
    headers.insert(HeaderName::from_static(EPOCH), HeaderValue::from(dates.epoch));
    Ok(())
}
