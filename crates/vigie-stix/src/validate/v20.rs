//! What is asked of STIX 2.0 objects: little, for they follow another standard and are kept as they are.

use super::check::Check;
use super::report::Path;
use super::rule;
use super::shape::Shape;
use crate::object::{Kind, Object};

/// Checks what both versions of the standard ask.
pub(super) fn check<'c>(object: &'c Object<'c>, check: &mut Check<'c>) {
    let path = Path::Root;
    for (key, value) in object.properties().iter() {
        check.value(value, Shape::Any, &path.key(key));
    }
    let versioned = matches!(object.kind(), Kind::Sdo | Kind::Sro);
    if versioned && object.modified().is_none() {
        check.add(rule::REQUIRED, &path, format_args!("the property `modified` is missing"));
    }
}
