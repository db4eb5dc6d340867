//! Observables inside observed data (section 2.13): STIX 2.0's way, which 2.1 still reads.
//!
//! They have no identifiers; they refer to each other by the keys of the container.

use super::check::Check;
use super::report::{Path, shortened};
use super::rule;
use super::sco;
use super::shape::{Shape, Targets};
use super::text;
use crate::json::Value;

/// Checks the container, observable by observable.
pub(super) fn check<'c>(value: &'c Value<'c>, path: &Path<'_>, check: &mut Check<'c>) {
    let Some(container) = value.as_object() else {
        let found = value.kind();
        return check.add(
            rule::CONTAINER,
            path,
            format_args!("expected an object of observables, found {found}"),
        );
    };
    if container.is_empty() {
        return check.add(
            rule::CONTAINER,
            path,
            format_args!("there is no observable; leave the property out"),
        );
    }
    let outside = check.object_type;
    for (key, value) in container.iter() {
        let here = path.key(key);
        let Some((properties, object_type)) =
            value.as_object().and_then(|it| Some((it, it.get("type")?.as_str()?)))
        else {
            check.add(rule::CONTAINER, &here, format_args!("expected an observable with a `type`"));
            continue;
        };
        check.object_type = object_type;
        check.container = Some(container);
        if let Some(structure) = sco::contained(object_type) {
            check.structure(structure, properties, &here);
            continue;
        }
        let name = shortened(object_type);
        if object_type == "action" {
            check.add(rule::RESERVED, &here, format_args!("`action` is reserved and must not be used"));
        } else if !text::is_type_name(object_type) {
            check.add(rule::TYPE_NAME, &here, format_args!("`{name}` is no name for a type"));
        }
        check.value(value, Shape::Any, &here);
    }
    check.object_type = outside;
    check.container = None;
}

/// Checks a reference by key.
pub(super) fn reference<'c>(
    key: &str,
    targets: Targets,
    container: &'c crate::json::Map<'c>,
    path: &Path<'_>,
    check: &mut Check<'c>,
) {
    let key = shortened(key);
    let Some(target) = container.get(key) else {
        return check.add(rule::CONTAINER, path, format_args!("`{key}` is no key of the container"));
    };
    let Some(object_type) = target.get("type").and_then(Value::as_str) else { return };
    if !targets.allows(object_type) {
        let wants = targets.wants();
        check.add(
            rule::REFERENCE,
            path,
            format_args!("`{key}` is of the type `{}`; expected {wants}", shortened(object_type)),
        );
    }
}
