//! Why numbers of rows differ. Each difference is stated with its numbers, so that another one is noticed.

/// A difference that has a reason.
pub(super) struct Difference {
    pub(super) phone: &'static str,
    pub(super) artefact: &'static str,
    pub(super) vigie: u64,
    pub(super) mvt: u64,
    pub(super) why: &'static str,
}

pub(super) const DIFFERENCES: [Difference; 0] = [];
