//! Adding objects to a collection (section 5.5), as many to a request as the server takes.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use url::Url;
use vigie_policy::Released;

use super::Client;
use crate::taxii::wire::{Progress, Status, write_envelope};
use crate::transport::ExchangeError;

/// Bytes of an envelope beside its objects and the commas between them.
const ENVELOPE_BYTES: usize = r#"{"objects":[]}"#.len();

/// The first wait before asking how far the server is; each further wait doubles.
const FIRST_STATUS_WAIT: Duration = Duration::from_millis(100);

/// The longest of these waits.
const MOST_STATUS_WAIT: Duration = Duration::from_secs(5);

/// Why objects were not all sent.
#[derive(Debug, thiserror::Error)]
#[error("could not add all objects; {} requests were answered before", done.len())]
pub struct AddError {
    /// What the server said to the requests before.
    pub done: Vec<Status>,
    /// What went wrong with the next one.
    pub source: ExchangeError,
}

impl Client {
    /// Adds the texts of objects that policy released to the server's member, in order, and waits until the server has dealt with them or
    /// [`Limits::status_wait`](crate::transport::Limits::status_wait) has passed: then a status says `pending`.
    ///
    /// One status for each request. What the server refuses object by object stands there, and is no error. Adding the same
    /// object again does no harm (section 5.5), so after an error the whole can be sent once more.
    pub async fn add_objects<T: AsRef<str>>(
        &self,
        collection: &str,
        objects: &[Released<T>],
    ) -> Result<Vec<Status>, AddError> {
        let mut done = Vec::new();
        match self.add_batches(collection, objects, &mut done).await {
            Ok(()) => Ok(done),
            Err(source) => Err(AddError { done, source }),
        }
    }

    /// How far the server is with a request (section 4.3).
    pub async fn status(&self, id: &str) -> Result<Status, ExchangeError> {
        self.transport.get(&self.url(&["status", id])).await?.document()
    }

    async fn add_batches<T: AsRef<str>>(
        &self,
        collection: &str,
        objects: &[Released<T>],
        done: &mut Vec<Status>,
    ) -> Result<(), ExchangeError> {
        let mut most_bytes = self.transport.limits().add_bytes;
        if let Ok(theirs @ 1..) = usize::try_from(self.api_root().await?.max_content_length) {
            most_bytes = most_bytes.min(theirs);
        }
        let mut most_objects = self.transport.limits().add_objects.max(1);
        let url = self.url(&["collections", collection, "objects"]);
        let objects: Vec<&str> = objects.iter().map(|it| it.get().as_ref()).collect();
        let mut sent = 0;
        while let Some(rest) = objects.get(sent..).filter(|it| !it.is_empty()) {
            let count =
                fitting(rest, most_objects, most_bytes).ok_or_else(|| ExchangeError::ObjectTooLarge {
                    index: sent,
                    bytes: rest.first().map_or(0, |it| it.len()),
                    limit: most_bytes,
                })?;
            match self.add_batch(&url, rest.iter().take(count).copied()).await {
                // Some servers take less than they say.
                Err(error) if error.status() == Some(413) && count > 1 => most_objects = count / 2,
                other => {
                    done.push(other?);
                    sent += count;
                }
            }
        }
        Ok(())
    }

    async fn add_batch(
        &self,
        url: &Url,
        objects: impl Iterator<Item = &str>,
    ) -> Result<Status, ExchangeError> {
        let mut body = Vec::new();
        write_envelope(&mut body, objects, false, None);
        let mut status: Status = self.transport.post(url, body.into()).await?.document()?;
        let until = Instant::now() + self.transport.limits().status_wait;
        let mut wait = FIRST_STATUS_WAIT;
        while status.status == Progress::Pending && Instant::now() + wait < until {
            sleep(wait).await;
            wait = (wait * 2).min(MOST_STATUS_WAIT);
            status = self.status(&status.id).await?;
        }
        Ok(status)
    }
}

/// How many of the first objects make one request; `None` if not even one does.
fn fitting(objects: &[&str], most_objects: usize, most_bytes: usize) -> Option<usize> {
    let mut bytes = ENVELOPE_BYTES;
    let fits = |object: &&&str| {
        bytes = bytes.saturating_add(object.len());
        let fits = bytes <= most_bytes;
        bytes = bytes.saturating_add(1);
        fits
    };
    let count = objects.iter().take(most_objects).take_while(fits).count();
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(most_objects: usize, most_bytes: usize, want: Option<usize>) {
        assert_eq!(fitting(&["{}", "{}", "{\"a\":1}"], most_objects, most_bytes), want);
    }

    #[test]
    fn a_request_is_filled_to_the_byte() {
        check(9, 27, Some(3));
        check(9, 26, Some(2));
        check(9, 19, Some(2));
        check(9, 18, Some(1));
        check(9, 16, Some(1));
        check(9, 15, None);
        check(1, 999, Some(1));
    }
}
