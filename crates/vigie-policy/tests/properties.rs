//! What holds for every label and every viewer.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use vigie_model::label::{Clause, Label, LabelId, Party, Purpose, Tlp};
use vigie_model::member::Membership;
use vigie_policy::{Action, Policy, Role, Terms, Viewer, releasability_marking};

use crate::accord::{NOW, identity, member, member_id};

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::new().unwrap());

const COUNTRIES: [&str; 4] = ["MA", "IL", "AE", "US"];
const GROUPS: [&str; 2] = ["hydra", "argo"];

fn purpose() -> impl Strategy<Value = Purpose> {
    prop::sample::select(vec![Purpose::Defence, Purpose::Research, Purpose::LawEnforcement])
}

fn parties() -> impl Strategy<Value = BTreeSet<Party>> {
    let country = prop::sample::select(COUNTRIES.to_vec()).prop_map(|it| Party::Country(it.parse().unwrap()));
    let organisation =
        prop::sample::select(COUNTRIES.to_vec()).prop_map(|it| Party::Organisation(identity(it).to_string()));
    let group = prop::sample::select(GROUPS.to_vec()).prop_map(|it| Party::Group(it.to_owned()));
    prop::collection::btree_set(prop_oneof![country, organisation, group], 0..4)
}

fn clause() -> impl Strategy<Value = Clause> {
    (parties(), parties()).prop_map(|(any_of, except)| Clause { any_of, except })
}

fn label() -> impl Strategy<Value = Label> {
    (
        prop::sample::select(COUNTRIES.to_vec()),
        prop::option::weighted(0.9, prop::sample::select(Tlp::ALL.to_vec())),
        prop::collection::btree_set(clause(), 0..3),
        prop::option::weighted(0.3, prop::collection::btree_set(purpose(), 0..3)),
        prop::option::weighted(0.3, NOW - 1..NOW + 2),
        prop::collection::btree_set("[ab]", 0..2),
    )
        .prop_map(|(originator, tlp, audience, purposes, expires, statements)| Label {
            originator: member_id(originator),
            tlp,
            audience,
            purposes,
            expires,
            statements,
        })
}

fn viewer() -> impl Strategy<Value = Viewer> {
    let state = prop_oneof![
        8 => Just(Membership::Active),
        1 => Just(Membership::Suspended),
        1 => Just(Membership::Left),
    ];
    let groups = prop::sample::subsequence(GROUPS.to_vec(), 0..=2);
    (
        prop::sample::select(COUNTRIES.to_vec()),
        state,
        prop::sample::select(Role::ALL.to_vec()),
        purpose(),
        groups,
    )
        .prop_map(|(country, membership, role, purpose, groups)| Viewer {
            membership,
            role,
            purpose,
            groups: groups.into_iter().map(str::to_owned).collect(),
            ..Viewer::of(&member(country))
        })
}

fn action() -> impl Strategy<Value = Action> {
    prop::sample::select(Action::ALL.to_vec())
}

fn may(viewer: &Viewer, label: &Label, action: Action) -> bool {
    POLICY.decide(viewer, label, action, NOW).is_release()
}

fn is_originator(viewer: &Viewer, label: &Label) -> bool {
    viewer.member == label.originator
        && viewer.role == Role::Organisation
        && viewer.membership == Membership::Active
}

proptest! {
    #[test]
    fn an_empty_audience_is_nobody(viewer in viewer(), label in label(), action in action()) {
        let mut label = label;
        label.audience.insert(Clause::default());
        prop_assert_eq!(may(&viewer, &label, action), is_originator(&viewer, &label));
    }

    #[test]
    fn an_unknown_marking_is_the_originator_only(viewer in viewer(), label in label(), action in action()) {
        let label = Label { tlp: None, ..label };
        prop_assert_eq!(may(&viewer, &label, action), is_originator(&viewer, &label));
    }

    #[test]
    fn suspension_withholds_everything(viewer in viewer(), label in label(), action in action()) {
        for membership in [Membership::Suspended, Membership::Left] {
            let viewer = Viewer { membership, ..viewer.clone() };
            prop_assert!(!may(&viewer, &label, action));
        }
    }

    /// The maker of what is derived always has it, so it must have had the sources: [`Policy::admit_derived`].
    #[test]
    fn what_is_derived_reaches_nobody_whom_its_sources_do_not(
        viewer in viewer(), by in viewer(), a in label(), b in label(), action in action(),
    ) {
        let joined = Label { originator: by.member, ..a.join(&b) };
        let admitted = POLICY.admit_derived((), &joined, &[&a, &b], &by, NOW);
        let had = [&a, &b].iter().all(|it| may(&by, it, Action::Detect));
        prop_assert_eq!(admitted.is_ok(), had && is_originator(&by, &joined));
        if admitted.is_ok() && action != Action::Contribute && viewer.member != by.member {
            for source in [&a, &b] {
                prop_assert!(!may(&viewer, &joined, action) || may(&viewer, source, action));
            }
        }
    }

    #[test]
    fn a_weaker_label_is_never_admitted(viewer in viewer(), by in viewer(), own in label(), source in label()) {
        let own = Label { originator: by.member, ..own };
        if POLICY.admit_derived((), &own, &[&source], &by, NOW).is_ok() && viewer.member != by.member {
            for action in [Action::View, Action::Detect, Action::Share] {
                prop_assert!(!may(&viewer, &own, action) || may(&viewer, &source, action));
            }
        }
    }

    #[test]
    fn a_clearance_agrees_with_each_decision(
        viewer in viewer(), action in action(), labels in prop::collection::vec(label(), 0..20), split in 0..20_usize,
    ) {
        let numbered: Vec<(LabelId, &Label)> = (1..).map(LabelId).zip(&labels).collect();
        let (first, rest) = numbered.split_at(split.min(numbered.len()));
        let mut clearance = POLICY.clearance(&viewer, action, NOW, rest.iter().copied());
        clearance.extend(&POLICY, NOW, first.iter().copied());
        let want: Vec<LabelId> =
            numbered.iter().filter(|(_, it)| may(&viewer, it, action)).map(|(id, _)| *id).collect();
        prop_assert_eq!(clearance.label_ids(), &want);
        for (id, _) in &numbered {
            prop_assert_eq!(clearance.allows(*id), want.contains(id));
        }
    }

    /// Until a clearance runs out, nothing in it has.
    #[test]
    fn a_clearance_is_good_until_it_says(viewer in viewer(), label in label()) {
        let clearance = POLICY.clearance(&viewer, Action::View, NOW, [(LabelId(1), &label)]);
        for later in NOW..NOW + 3 {
            if clearance.good_until().is_none_or(|it| later < it) {
                let then = POLICY.decide(&viewer, &label, Action::View, later).is_release();
                prop_assert_eq!(clearance.allows(LabelId(1)), then);
            }
        }
    }

    #[test]
    fn terms_survive_being_written_as_a_marking(label in label(), expires in prop::option::of(0..4_000_000_i64)) {
        let terms = Terms {
            tlp: label.tlp,
            audience: label.audience.first().cloned(),
            purposes: label.purposes.clone(),
            expires: expires.map(|it| it * 1_000_000),
            statement: label.statements.first().cloned(),
        };
        let (id, text) = releasability_marking(&terms);
        let object = vigie_stix::object::Object::parse(&text).unwrap();
        prop_assert_eq!(object.id(), &id);
        if terms != Terms::default() {
            prop_assert_eq!(vigie_policy::Meaning::of(&object), vigie_policy::Meaning::Known(terms));
        }
    }
}
