//! Exit statuses, the same for every command.

/// Nothing was found.
pub(crate) const CLEAN: u8 = 0;
/// Something was found: a match, a finding.
pub(crate) const FOUND: u8 = 3;
/// The command could not run.
pub(crate) const FAILED: u8 = 2;
/// A phone: nothing was found that is a trace, but an expert must look, or a part could not be read.
pub(crate) const EXPERT: u8 = 4;
