//! When to ask again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::{ExchangeError, Limits};

/// Waits that double, each cut by chance to between half and the whole of it, so that many clients of one server that
/// failed do not come back at the same moment.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    first: Duration,
    most: Duration,
    retry_after_most: Duration,
    chance: RandomState,
    drawn: u64,
}

impl Backoff {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            next: limits.backoff_first,
            first: limits.backoff_first,
            most: limits.backoff_most,
            retry_after_most: limits.retry_after_most,
            chance: RandomState::new(),
            drawn: 0,
        }
    }

    /// How long to wait after this error; `None` where asking again is of no use.
    pub(crate) fn wait_after(&mut self, error: &ExchangeError) -> Option<Duration> {
        if !error.is_transient() {
            return None;
        }
        let ours = self.wait();
        match error {
            ExchangeError::Refused { retry_after: Some(theirs), .. } if *theirs > self.retry_after_most => {
                None
            }
            ExchangeError::Refused { retry_after: Some(theirs), .. } => Some(ours.max(*theirs)),
            _ => Some(ours),
        }
    }

    /// The next wait.
    pub(crate) fn wait(&mut self) -> Duration {
        let whole = self.next.min(self.most);
        self.next = whole.saturating_mul(2);
        self.drawn += 1;
        let chance = self.chance.hash_one(self.drawn) % 1024;
        whole.mul_f64(0.5 + chance as f64 / 2048.0)
    }

    /// Begins again with the shortest wait.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most() {
        let limits = Limits {
            backoff_first: Duration::from_secs(1),
            backoff_most: Duration::from_secs(5),
            ..Limits::default()
        };
        let mut backoff = Backoff::new(&limits);
        for whole in [1, 2, 4, 5, 5] {
            let wait = backoff.wait();
            let whole = Duration::from_secs(whole);
            assert!(wait >= whole / 2 && wait <= whole, "{wait:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.wait() <= Duration::from_secs(1));
    }

    #[track_caller]
    fn check(status: u16, retry_after: Option<u64>, want: Option<u64>) {
        let limits = Limits { backoff_first: Duration::ZERO, ..Limits::default() };
        let url = Box::new("https://a.example/".parse().unwrap());
        let retry_after = retry_after.map(Duration::from_secs);
        let error = ExchangeError::Refused { url, status, message: String::new(), retry_after };
        let got = Backoff::new(&limits).wait_after(&error).map(|it| it.as_secs());
        assert_eq!(got, want, "{status} {retry_after:?}");
    }

    #[test]
    fn the_server_may_ask_for_longer_waits_within_the_limit() {
        check(503, None, Some(0));
        check(503, Some(7), Some(7));
        check(429, Some(120), Some(120));
        check(429, Some(121), None);
        check(500, Some(1), None);
        check(404, None, None);
    }
}
