//! Which observables of an event a path of a pattern can lead to.

use vigie_model::event::Path;
use vigie_stix::pattern::{ObjectPath, Step};

use crate::probe::{PathSet, only};

/// What a path of a pattern can lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// The property that readers give for it, if they give the very one.
    pub(crate) exact: Option<Path>,
    /// An event must have one of these for the path to lead anywhere.
    pub(crate) needs: PathSet,
    /// The references that the path goes through, as the path of the first of them.
    pub(crate) through: Option<Path>,
}

/// Follows a path. A name of a hash algorithm is taken in any spelling, as the canonical reading does.
pub(crate) fn reach(path: &ObjectPath) -> Reach {
    let mut found = Reach::default();
    for candidate in Path::ALL.iter().filter(|it| it.object_type() == path.object_type) {
        let ours = candidate.steps();
        if !path.steps.iter().zip(ours).all(|(step, ours)| is_same(step, ours)) {
            continue;
        }
        if path.steps.len() <= ours.len() {
            found.needs |= only(*candidate);
            if path.steps.len() == ours.len() {
                found.exact = Some(*candidate);
            }
        } else if is_reference(*candidate) {
            found.needs |= only(*candidate);
            found.through = Some(*candidate);
        }
    }
    found
}

/// All properties that readers give for a type of object.
pub(crate) fn of_type(object_type: &str) -> PathSet {
    Path::ALL.iter().filter(|it| it.object_type() == object_type).fold(0, |set, it| set | only(*it))
}

/// Whether the values at a path are references to other objects.
pub(crate) fn is_reference(path: Path) -> bool {
    let named = path.steps().iter().rev().find(|it| **it != "*");
    named.is_some_and(|it| it.ends_with("_ref") || it.ends_with("_refs"))
}

/// Whether the last step is `value`, the property that names a host, an address, a URL or a mailbox.
pub(crate) fn ends_in_value(path: &ObjectPath) -> bool {
    matches!(path.steps.last(), Some(Step::Key(it)) if it == "value")
}

/// The standard's name of a hash algorithm (section 10.7), whatever the hyphens and the case.
pub(crate) fn hash_name(name: &str) -> Option<&'static str> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_uppercase()).collect();
    match plain.as_str() {
        "MD5" => Some("MD5"),
        "SHA1" => Some("SHA-1"),
        "SHA256" => Some("SHA-256"),
        "SHA512" => Some("SHA-512"),
        _ => None,
    }
}

fn is_same(step: &Step, ours: &str) -> bool {
    match step {
        Step::Index(_) | Step::Any => ours == "*",
        Step::Key(name) => name == ours || hash_name(name).is_some_and(|it| hash_name(ours) == Some(it)),
    }
}
