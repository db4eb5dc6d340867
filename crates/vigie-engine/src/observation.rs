//! An event as the interpreter of patterns sees it: one observation of cyber-observable objects.
//!
//! Values with the same object number become one object. Objects refer to each other by that number.

use std::borrow::Cow;

use vigie_model::event::{Event, Observable, Observed, Path};
use vigie_stix::json::{Map, Value};
use vigie_stix::pattern::Observation;
use vigie_stix::timestamp::Timestamp;

use crate::key::{self, Host};
use crate::pattern::canonical;
use crate::probe::Slot;

/// Which spelling of the values is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As the sensor wrote them.
    Literal,
    /// In canonical form; an object whose value is an address is an address object, whatever field it stood in.
    Canonical,
}

/// Turns an event into an observation at `instant` (nanoseconds since 1970).
pub fn observation<'e>(event: &'e Event<'_>, instant: i64, spelling: Spelling) -> Observation<'e> {
    let mut objects: Vec<(u16, &'static str, Vec<Property<'e>>)> = Vec::new();
    for observable in &event.observables {
        let known = objects.iter().position(|it| it.0 == observable.object);
        let place = known.unwrap_or_else(|| {
            objects.push((observable.object, object_type(observable, spelling), Vec::new()));
            objects.len() - 1
        });
        if let Some((_, _, properties)) = objects.get_mut(place) {
            insert(properties, observable.path.steps(), value(observable, spelling));
        }
    }
    let time = Timestamp::from_nanos_micros(instant.into());
    Observation::from_objects(
        &time,
        objects.into_iter().map(|(number, object_type, properties)| {
            let mut map = Map::default();
            map.insert("type", Value::String(object_type.into()));
            for (name, property) in properties {
                map.insert(name, property.into_value());
            }
            (number.to_string(), map)
        }),
    )
}

/// A property in the making.
type Property<'e> = (&'static str, Node<'e>);

enum Node<'e> {
    Value(Value<'e>),
    List(Vec<Value<'e>>),
    Dictionary(Vec<Property<'e>>),
}

impl<'e> Node<'e> {
    fn into_value(self) -> Value<'e> {
        match self {
            Self::Value(it) => it,
            Self::List(it) => Value::Array(it),
            Self::Dictionary(properties) => {
                let mut map = Map::default();
                for (name, property) in properties {
                    map.insert(name, property.into_value());
                }
                Value::Object(map)
            }
        }
    }
}

/// Puts a value where the steps lead. Of two values for one property the first stays.
fn insert<'e>(properties: &mut Vec<Property<'e>>, steps: &[&'static str], value: Value<'e>) {
    let Some((name, rest)) = steps.split_first() else { return };
    let place = properties.iter().position(|it| it.0 == *name);
    let known = place.and_then(|it| properties.get_mut(it)).map(|it| &mut it.1);
    match (rest, known) {
        ([], None) => properties.push((name, Node::Value(value))),
        (["*"], None) => properties.push((name, Node::List(vec![value]))),
        (["*"], Some(Node::List(all))) => all.push(value),
        ([_, ..], Some(Node::Dictionary(inner))) => insert(inner, rest, value),
        ([_, ..], None) => {
            let mut inner = Vec::new();
            insert(&mut inner, rest, value);
            properties.push((name, Node::Dictionary(inner)));
        }
        (_, Some(_)) => {}
    }
}

fn value<'e>(observable: &'e Observable<'_>, spelling: Spelling) -> Value<'e> {
    match &observable.value {
        Observed::Number(it) => Value::Integer(*it),
        Observed::Object(it) => Value::String(it.to_string().into()),
        Observed::Text(text) => Value::String(match spelling {
            Spelling::Literal => Cow::Borrowed(text.as_ref()),
            Spelling::Canonical => canonical::value(Slot::of(observable.path), text).into(),
        }),
    }
}

fn object_type(observable: &Observable<'_>, spelling: Spelling) -> &'static str {
    let path = observable.path;
    if let (Spelling::Canonical, Slot::Host, Observed::Text(text)) =
        (spelling, Slot::of(path), &observable.value)
    {
        let address = match key::host(text, &mut Vec::new()) {
            Host::Address(it) => it,
            Host::Network(it) => it.first,
            Host::Domain => return path.object_type(),
        };
        return if address.is_ipv4() { Path::Ipv4.object_type() } else { Path::Ipv6.object_type() };
    }
    path.object_type()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_becomes_objects_with_lists_dictionaries_and_references() {
        let mut event = Event::default();
        event.push(0, Path::Ipv4, "::ffff:192.0.2.1");
        event.push(1, Path::TrafficSource, Observed::Object(0));
        event.push(1, Path::TrafficDestinationPort, 443);
        event.push(1, Path::TrafficProtocol, "ipv4");
        event.push(1, Path::TrafficProtocol, "tcp");
        event.push(1, Path::HttpHost, "EXAMPLE.org");
        event.push(1, Path::HttpMethod, "get");
        event.push(2, Path::DomainName, "EXAMPLE.org.");
        let shown = |spelling| {
            let observation = observation(&event, 0, spelling);
            let lines: Vec<String> = observation
                .objects()
                .map(|(id, map)| format!("{id} {}", serde_json::to_string(map).expect("a map is JSON")))
                .collect();
            lines.join("\n")
        };
        let traffic = concat!(
            r#"1 {"type":"network-traffic","src_ref":"0","dst_port":443,"protocols":["ipv4","tcp"],"#,
            r#""extensions":{"http-request-ext":{"request_header":{"Host":"EXAMPLE.org"},"request_method":"get"}}}"#
        );
        assert_eq!(
            shown(Spelling::Literal),
            [
                r#"0 {"type":"ipv4-addr","value":"::ffff:192.0.2.1"}"#,
                traffic,
                r#"2 {"type":"domain-name","value":"EXAMPLE.org."}"#
            ]
            .join("\n")
        );
        assert_eq!(
            shown(Spelling::Canonical),
            [
                r#"0 {"type":"ipv4-addr","value":"192.0.2.1"}"#,
                traffic,
                r#"2 {"type":"domain-name","value":"example.org"}"#
            ]
            .join("\n")
        );
    }
}
