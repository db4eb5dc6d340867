//! A connection whose client must begin to speak, and must keep taking what is sent.
//!
//! Without this, a client that connects and says nothing, or that asks for much and reads nothing, would hold a
//! connection and its buffers for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// So many bytes tell which version of HTTP is spoken (RFC 9113 section 3.4); until then no other time-out runs.
const OPENING: usize = 24;

/// A stream that fails when its client is silent from the beginning, or lets a write wait too long.
pub(super) struct Stalling<S> {
    inner: S,
    /// How long a write may wait.
    limit: Duration,
    deadline: Pin<Box<Sleep>>,
    /// Whether a write waits, and the deadline counts.
    waiting: bool,
    /// When the client must have begun to speak.
    opening: Pin<Box<Sleep>>,
    /// Bytes read, up to [`OPENING`].
    heard: usize,
}

impl<S> Stalling<S> {
    /// `opening` is how long the client may take to begin, `limit` how long a write may wait.
    pub(super) fn new(inner: S, opening: Duration, limit: Duration) -> Self {
        Self {
            inner,
            limit,
            deadline: Box::pin(tokio::time::sleep(limit)),
            waiting: false,
            opening: Box::pin(tokio::time::sleep(opening)),
            heard: 0,
        }
    }

    /// Passes a write's outcome on, or fails if it has waited too long.
    fn watch<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = false;
            return written;
        }
        if !self.waiting {
            self.waiting = true;
            self.deadline.as_mut().reset(Instant::now() + self.limit);
        }
        ready!(self.deadline.as_mut().poll(cx));
        Poll::Ready(Err(late("the client does not take what is sent")))
    }
}

fn late(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}

impl<S: AsyncRead + Unpin> AsyncRead for Stalling<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if self.heard < OPENING {
            self.heard += buffer.filled().len() - before;
            if read.is_pending() && self.heard < OPENING {
                ready!(self.opening.as_mut().poll(cx));
                return Poll::Ready(Err(late("the client does not begin to speak")));
            }
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stalling<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.watch(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bytes);
        self.watch(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.watch(closed, cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const PATIENT: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn a_client_that_says_nothing_is_given_up() {
        for says in ["", "PRI * HTTP"] {
            let (near, mut far) = tokio::io::duplex(64);
            far.write_all(says.as_bytes()).await.unwrap();
            let mut near = Stalling::new(near, Duration::from_millis(20), PATIENT);
            let error = near.read_exact(&mut [0; OPENING]).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{says:?}");
        }
    }

    #[tokio::test]
    async fn a_client_that_has_begun_may_pause() {
        let (near, mut far) = tokio::io::duplex(64);
        far.write_all(&[b'a'; OPENING]).await.unwrap();
        let mut near = Stalling::new(near, Duration::from_millis(10), PATIENT);
        near.read_exact(&mut [0; OPENING]).await.unwrap();
        let later = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            far.write_all(b"b").await.map(|()| far)
        });
        assert_eq!(near.read_u8().await.unwrap(), b'b');
        later.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_given_up() {
        let (near, _far) = tokio::io::duplex(64);
        let mut near = Stalling::new(near, PATIENT, Duration::from_millis(20));
        let error = near.write_all(&[0; 1000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_slow_client_is_served() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut near = Stalling::new(near, PATIENT, Duration::from_millis(500));
        let reader = tokio::spawn(async move {
            let mut taken = Vec::new();
            let mut piece = [0; 64];
            while taken.len() < 640 {
                tokio::time::sleep(Duration::from_millis(5)).await;
                let count = far.read(&mut piece).await.unwrap();
                taken.extend_from_slice(&piece[..count]);
            }
            taken.len()
        });
        near.write_all(&[7; 640]).await.unwrap();
        assert_eq!(reader.await.unwrap(), 640);
    }
}
