//! Which objects to ask for.

use url::Url;

use crate::taxii::date::DateAdded;

/// A query of section 3.4: every list narrows the answer to what it names; an empty list does not narrow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Only what was added after.
    pub added_after: Option<DateAdded>,
    /// Objects per page; the server may give fewer. `None` leaves it to the server.
    pub limit: Option<usize>,
    /// `match[id]`
    pub ids: Vec<String>,
    /// `match[type]`
    pub types: Vec<String>,
    /// `match[version]`: `first`, `last`, `all` or the text of a version. None stands for `last`.
    pub versions: Vec<String>,
    /// `match[spec_version]`: none stands for the latest of each object.
    pub spec_versions: Vec<String>,
}

impl Query {
    pub(super) fn write_matches(&self, url: &mut Url) {
        for (name, values) in [
            ("match[id]", &self.ids),
            ("match[type]", &self.types),
            ("match[version]", &self.versions),
            ("match[spec_version]", &self.spec_versions),
        ] {
            if !values.is_empty() {
                url.query_pairs_mut().append_pair(name, &values.join(","));
            }
        }
    }
}
