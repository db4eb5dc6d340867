//! Events in the Elastic Common Schema: Beats, Elastic Agent, and what copies their form.
//!
//! Every value is a field under its dotted name, whether the record nests objects or writes the dots itself. What
//! Winlogbeat puts under `winlog` stands a second time under the names that the event itself has, so that it is
//! understood as any other Windows event ([`winlog`](crate::winlog)).

use crate::Limits;
use crate::flat::Flat;
use crate::json::{BadJson, Cursor};
use crate::summary::Notes;
use std::borrow::Cow;
use vigie_model::event::{Field, Scalar};

/// Where Winlogbeat keeps what the event itself says.
const DATA: [&str; 2] = ["winlog.event_data.", "winlog.user_data."];

/// Members of `winlog` and the event's own names for them.
const WINLOG: &[(&str, &str)] = &[
    ("winlog.channel", "Channel"),
    ("winlog.event_id", "EventID"),
    ("winlog.provider_name", "Provider_Name"),
    ("winlog.provider_guid", "Provider_Guid"),
    ("winlog.computer_name", "Computer"),
    ("winlog.record_id", "EventRecordID"),
    ("winlog.task", "Task"),
    ("winlog.opcode", "Opcode"),
    ("winlog.keywords", "Keywords"),
];

/// Reads one record.
pub(crate) fn read<'a>(cursor: Cursor<'a>, limits: &Limits, notes: &mut Notes) -> Result<Flat<'a>, BadJson> {
    let (mut flat, mut whole) = Flat::of_object(cursor, limits.max_observables)?;
    for at in 0..flat.fields.len() {
        let Some(field) = flat.fields.get(at).filter(|it| it.name.starts_with("winlog.")) else { continue };
        let Some(name) = own_name(&field.name) else { continue };
        if flat.fields.len() >= limits.max_observables {
            whole = false;
            break;
        }
        let value = field.value.clone();
        flat.fields.push(Field { name, value });
    }
    if !whole {
        notes.count("ecs", "values beyond the limit");
    }
    let kind = ["event.dataset", "event.action", "event.code"];
    let kind = kind.iter().find_map(|name| flat.fields.iter().find(|it| it.name == *name));
    if let Some(Scalar::Text(kind) | Scalar::Number(kind)) = kind.map(|it| &it.value) {
        flat.kind = kind.clone();
    }
    Ok(flat)
}

/// The name that the event itself has for a field of Winlogbeat; of values inside each other the last name.
fn own_name<'a>(name: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    if let Some((_, own)) = WINLOG.iter().find(|it| it.0 == *name) {
        return Some(Cow::Borrowed(own));
    }
    let inside = DATA.iter().find_map(|it| name.strip_prefix(it))?;
    let own = inside.rsplit('.').next().unwrap_or(inside);
    Some(match name {
        Cow::Borrowed(it) => Cow::Borrowed(it.get(it.len() - own.len()..).unwrap_or_default()),
        Cow::Owned(_) => Cow::Owned(own.to_owned()),
    })
}
