//! What it costs to decide 1,000 labels, each with an audience of its own.
//!
//! `fresh` starts with a policy that was never asked anything; `warm` is what a node does when a member's state
//! changes. Compare with about 9 µs for each decision when Cedar is asked every time.

use std::hint::black_box;

use criterion::Criterion;
use uuid::Uuid;
use vigie_model::id::MemberId;
use vigie_model::label::{Clause, Label, LabelId, Party, Purpose, Tlp};
use vigie_model::member::{Member, Membership};
use vigie_policy::{Action, Policy, Viewer};
use vigie_stix::id::StixId;

fn labels() -> Vec<(LabelId, Label)> {
    let label = |number: u16| {
        let tlp = Tlp::ALL.into_iter().nth(usize::from(number) % 5);
        let parties =
            [Party::Group(format!("group {number}")), Party::Country("IL".parse().expect("a country"))];
        let clause = Clause {
            any_of: parties.into_iter().skip(usize::from(number % 2)).collect(),
            ..Clause::default()
        };
        let originator = MemberId::new(Uuid::from_u128(u128::from(number % 40)));
        Label { tlp, audience: [clause].into(), ..Label::originator_only(originator) }
    };
    (0..1000).map(|number| (LabelId(number.into()), label(number))).collect()
}

fn viewer() -> Viewer {
    let uuid = Uuid::from_u128(1);
    let viewer = Viewer::of(&Member {
        id: MemberId::new(uuid),
        name: "CERT-IL".to_owned(),
        country: "IL".parse().expect("a country"),
        identity: StixId::new("identity", uuid),
        groups: [].into(),
        state: Membership::Active,
    });
    Viewer { purpose: Purpose::Defence, ..viewer }
}

fn clearance(criterion: &mut Criterion) {
    let (viewer, labels) = (viewer(), labels());
    let decide = |policy: &Policy| {
        let all = labels.iter().map(|(id, label)| (*id, label));
        policy.clearance(&viewer, Action::View, 0, all)
    };
    let fresh = || Policy::new().expect("the built-in policies are valid");
    let warm = fresh();
    criterion.bench_function("clearance of 1000 labels, warm", |it| it.iter(|| black_box(decide(&warm))));
    criterion.bench_function("clearance of 1000 labels, fresh", |it| {
        it.iter_batched(fresh, |policy| black_box(decide(&policy)), criterion::BatchSize::LargeInput);
    });
    criterion.bench_function("load and validate the policies", |it| it.iter(fresh));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    clearance(&mut criterion);
    criterion.final_summary();
}
