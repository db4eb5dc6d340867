//! The one place that reads the clock.

/// Nanoseconds since 1970-01-01T00:00:00Z.
pub(crate) fn now() -> i64 {
    i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX)
}

/// A time of the file system, in nanoseconds since 1970; none if it lies beyond what those can say.
pub(crate) fn nanoseconds(time: std::time::SystemTime) -> Option<i64> {
    i64::try_from(jiff::Timestamp::try_from(time).ok()?.as_nanosecond()).ok()
}
