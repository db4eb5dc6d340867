//! The points where the text of the standard, its reference tool and the intent of authors part.
//!
//! Each field of [`Semantics`] is one such point. The default is what the text says; where the text says nothing, or
//! says two things, the field tells why its default was chosen. docs/spec/pattern.md has the same table with examples.

/// How patterns are evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Semantics {
    /// Whether the end of a window belongs to it.
    pub within: Within,
    /// When an observation happened.
    pub time: ObservationTime,
    /// How many observations one observed-data object stands for.
    pub count: Count,
    /// What `NOT EXISTS` says of a property that is absent.
    pub not_exists: NotExists,
    /// What `NOT` means over `[*]`.
    pub negated_any: NegatedAny,
    /// What `NOT` makes of an ordering between values that cannot be ordered.
    pub negated_order: NegatedOrder,
    /// When two addresses are equal.
    pub addresses: Addresses,
    /// What to make of a value that is meant as a timestamp and is none.
    pub malformed: Malformed,
    /// Whether `%` in `LIKE` and `.` in `MATCHES` cross the end of a line.
    pub lines: Lines,
    /// Bounds of the work.
    pub limits: EvalLimits,
}

/// `WITHIN` (section 9.5.1): the latest time "MUST NOT be equal to or later than" the earliest plus the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    /// The latest time lies before the end of the window: the text.
    #[default]
    Open,
    /// It may lie on the end: the reference tool.
    Closed,
}

/// The time of an observation. The standard speaks of "the observation timestamp" and gives two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ObservationTime {
    /// Some instant from `first_observed` to `last_observed`: section 9.1 leaves open when within it, so each
    /// qualifier and each `FOLLOWEDBY` holds when instants exist that satisfy it. The reference tool does the same.
    #[default]
    Interval,
    /// The instant `first_observed`.
    First,
}

/// What `number_observed` counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Count {
    /// An observed-data object is `number_observed` observations (section 9.1, and the reference tool).
    #[default]
    NumberObserved,
    /// It is one observation ("a single STIX Observed Data instance", section 9.5).
    One,
}

/// `NOT EXISTS` over an absent property. Section 9.6 makes every comparison over an absent path false "regardless of
/// the operators"; section 9.6.1 lets `NOT` negate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotExists {
    /// True: the only reading under which `NOT EXISTS`, which the grammar has, can ever be true.
    #[default]
    Negated,
    /// False: section 9.6 to the letter.
    Never,
    /// The verdict of `EXISTS`: the reference tool overlooks the `NOT`.
    Overlooked,
}

/// `path[*] NOT = x` (section 9.7.2: if any of the evaluations is true, so is the result).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NegatedAny {
    /// True when some item differs: `NOT` is part of each evaluation. The text and the reference tool.
    #[default]
    SomeItem,
    /// True when there are items and none of them is equal.
    NoItem,
}

/// `path NOT < x` where the two cannot be ordered (section 9.6.1: the result is false, and `NOT` negates).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NegatedOrder {
    /// True: the text.
    #[default]
    True,
    /// False: the reference tool.
    False,
}

/// `=`, `!=` and `IN` between strings that are addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// Equal when the strings are (section 9.6.2), so `198.51.100.1/32` is not `198.51.100.1`.
    #[default]
    Text,
    /// Equal when they are the same address or network, however written.
    Canonical,
}

/// A string that begins like a date and is no timestamp, compared with a timestamp. Such an object breaks section
/// 2.16 and the standard says nothing of comparing it. Any other string is of another type, and the comparison false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Malformed {
    /// An error, unless the verdict is the same either way. The reference tool gives an error too.
    #[default]
    Error,
    /// False, as for any other type.
    NoMatch,
}

/// `%` (0 or more characters, section 9.6.1) and `.` (DOTALL, section 9.6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lines {
    /// They match the end of a line like any character: the text.
    #[default]
    Cross,
    /// They do not: the reference tool.
    Stop,
}

/// Bounds of one evaluation. Reaching one is an error, never an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvalLimits {
    /// Steps of the search for distinct observations, about ten nanoseconds each.
    pub search_steps: u64,
    /// Backtracking steps of one match by PCRE2 (its match limit).
    pub regex_steps: u32,
    /// Memory of one match by PCRE2, in KiB (its heap limit).
    pub regex_heap_kib: u32,
    /// Memory of one compiled regular expression of the linear engine, in bytes; larger ones go to PCRE2.
    pub regex_bytes: usize,
    /// Character comparisons of one `LIKE`.
    pub like_steps: u64,
}

impl Default for EvalLimits {
    /// Twenty million steps, a million for a regular expression, 16 MiB, 1 MiB, a hundred million for `LIKE`: each well
    /// under a second.
    fn default() -> Self {
        Self {
            search_steps: 20_000_000,
            regex_steps: 1_000_000,
            regex_heap_kib: 16 << 10,
            regex_bytes: 1 << 20,
            like_steps: 100_000_000,
        }
    }
}

impl Semantics {
    /// What `stix2-matcher` 3.0.0 of OASIS does.
    pub fn oasis_matcher() -> Self {
        Self {
            within: Within::Closed,
            not_exists: NotExists::Overlooked,
            negated_order: NegatedOrder::False,
            lines: Lines::Stop,
            ..Self::default()
        }
    }
}
