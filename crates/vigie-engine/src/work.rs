//! Memory that matching uses again for each event, so that nothing is allocated for events on which nothing fires.

use crate::layer::Candidates;
use crate::probe::Probes;
use crate::sigma::Memory;

/// One thread's working memory for [`crate::Image::matches`]. It may be used with any image and any event.
#[derive(Debug, Default)]
pub struct Work {
    pub(crate) probes: Probes,
    pub(crate) candidates: Candidates,
    pub(crate) sigma: Memory,
}
