//! Every combination of facts there is, against the rules written out once more in plain Rust.

use vigie_model::label::{Label, Tlp};
use vigie_model::member::Membership;
use vigie_policy::{Action, Policy, Role, Viewer};

use crate::accord::{NOW, label, viewer};

/// Audiences as seen by IL, and whether they let it in.
const AUDIENCES: &[(&str, bool)] = &[
    ("", true),
    (" REL IL", true),
    (" REL CERT-IL", true),
    (" REL hydra,US", true),
    (" REL IL REL hydra", true),
    (" REL US", false),
    (" REL nobody", false),
    (" REL IL REL US", false),
    (" REL IL NOT hydra", false),
    (" REL IL,US REL IL NOT CERT-IL", false),
];

/// Limits of purpose as seen by a defender, and whether they let it in.
const PURPOSES: &[(&str, bool)] =
    &[("", true), (" FOR defence,research", true), (" FOR research", false), (" FOR nothing", false)];

const EXPIRIES: &[(&str, bool)] = &[("", true), (" UNTIL 1001", true), (" UNTIL 1000", false)];

/// The rules, as docs/spec/handling.md tells them.
fn may(viewer: &Viewer, label: &Label, action: Action, reached: bool) -> bool {
    let organisation = viewer.role == Role::Organisation;
    if viewer.membership != Membership::Active {
        return false;
    }
    if organisation && viewer.member == label.originator {
        return true;
    }
    if action == Action::Contribute || !reached {
        return false;
    }
    let sharing = action == Action::Share;
    match label.tlp {
        None => false,
        Some(Tlp::Clear) => label.audience.is_empty() || viewer.role != Role::Public,
        Some(Tlp::Green) => viewer.role != Role::Public,
        Some(Tlp::Amber) => organisation || (viewer.role == Role::Client && !sharing),
        Some(Tlp::AmberStrict) => organisation && !sharing,
        Some(Tlp::Red) => organisation && !sharing && !label.audience.is_empty(),
    }
}

#[test]
fn every_combination() {
    let policy = Policy::new().unwrap();
    let lights = ["unmarked", "clear", "green", "amber", "amber+strict", "red"];
    let mut asked = 0;
    for (light, (audience, named), (purposes, fit), (expiry, fresh)) in product(&lights) {
        let mut label = label(&format!("{light}{audience}{purposes}{expiry}"));
        for originator in ["MA", "IL"] {
            label.originator = crate::accord::member_id(originator);
            for viewer in viewers() {
                for action in Action::ALL {
                    let got = policy.decide(&viewer, &label, action, NOW);
                    let want = may(&viewer, &label, action, named && fit && fresh);
                    assert_eq!(got.is_release(), want, "{viewer:?} {action:?} {label}: {got}");
                    assert!(!got.reasons().is_empty());
                    assert!(got.reasons().iter().all(|it| !it.sentence.is_empty() && it.policy != "error"));
                    asked += 1;
                }
            }
        }
    }
    assert_eq!(asked, 6 * 10 * 4 * 3 * 2 * 9 * 4);
}

type Case = (&'static str, bool);

fn product<'l>(lights: &'l [&'l str]) -> impl Iterator<Item = (&'l str, Case, Case, Case)> {
    lights.iter().flat_map(|light| {
        AUDIENCES.iter().flat_map(move |audience| {
            PURPOSES.iter().flat_map(move |purposes| {
                EXPIRIES.iter().map(move |expiry| (*light, *audience, *purposes, *expiry))
            })
        })
    })
}

/// IL in every role and every state of membership.
fn viewers() -> Vec<Viewer> {
    let states = [Membership::Active, Membership::Suspended, Membership::Left];
    let of = |role| states.map(|membership| Viewer { role, membership, ..viewer("IL group:hydra") });
    Role::ALL.into_iter().flat_map(of).collect()
}
