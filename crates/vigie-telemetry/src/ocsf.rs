//! Events in the Open Cybersecurity Schema Framework, versions 1.0 to 1.6.
//!
//! Every value is a field under its dotted name; `class_uid` and `activity_id` say what the event is about.

use crate::Limits;
use crate::flat::Flat;
use crate::json::{BadJson, Cursor};
use crate::summary::Notes;
use vigie_model::event::Scalar;

/// Reads one record.
pub(crate) fn read<'a>(cursor: Cursor<'a>, limits: &Limits, notes: &mut Notes) -> Result<Flat<'a>, BadJson> {
    let (mut flat, whole) = Flat::of_object(cursor, limits.max_observables)?;
    if !whole {
        notes.count("ocsf", "values beyond the limit");
    }
    let kind =
        ["class_name", "class_uid"].iter().find_map(|name| flat.fields.iter().find(|it| it.name == *name));
    if let Some(Scalar::Text(kind) | Scalar::Number(kind)) = kind.map(|it| &it.value) {
        flat.kind = kind.clone();
    }
    Ok(flat)
}
