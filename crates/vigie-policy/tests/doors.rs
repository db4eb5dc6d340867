//! Both doors: what they refuse, and what they say.

use vigie_model::label::{Label, LabelId, Labelled};
use vigie_policy::{Action, Policy};

use crate::accord::{NOW, label, viewer};

#[derive(Debug)]
struct Thing(LabelId);

impl Labelled for Thing {
    fn label_id(&self) -> LabelId {
        self.0
    }
}

#[track_caller]
fn check_admit(from: &str, text: &str, want: &str) {
    let admitted = Policy::new().unwrap().admit("thing", &label(text), &viewer(from), NOW);
    let got = admitted.map_or_else(|it| it.to_string(), |it| format!("{} as {}", it.value(), it.label()));
    assert_eq!(got, want, "{from} / {text}");
}

#[test]
fn a_member_brings_in_its_own() {
    check_admit("MA", "amber REL IL", "thing as TLP:AMBER REL IL");
    check_admit("MA", "unmarked UNTIL 1", "thing as originator only");
    check_admit(
        "MA suspended",
        "clear",
        "it may not be brought in: withheld: the member is not active: it brings nothing and receives nothing",
    );
    for other in ["IL", "MA client"] {
        let why =
            "it may not be brought in: withheld: nobody brings in objects in the name of another member";
        check_admit(other, "clear", why);
    }
}

#[track_caller]
fn check_derived(own: &str, sources: &[&str], want: &str) {
    let policy = Policy::new().unwrap();
    let by = viewer("IL");
    let own = Label { originator: by.member, ..label(own) };
    let sources: Vec<Label> = sources.iter().map(|it| label(it)).collect();
    let sources: Vec<&Label> = sources.iter().collect();
    let got = match policy.admit_derived((), &own, &sources, &by, NOW) {
        Ok(admitted) => admitted.label().to_string(),
        Err(refusal) => refusal.to_string(),
    };
    assert_eq!(got, want, "{own} from {sources:?}");
}

#[test]
fn what_is_derived_is_no_weaker_than_its_sources() {
    let weaker =
        |it: &str| format!("its label is weaker than that of its source in: {it}; use the join of both");
    check_derived("amber", &["green", "amber"], "TLP:AMBER");
    check_derived("unmarked", &["red REL IL"], "originator only");
    check_derived("green", &["green", "amber"], &weaker("light"));
    check_derived("red REL IL", &["unmarked"], &weaker("light"));
    check_derived("amber REL IL", &["amber REL IL,US"], "TLP:AMBER REL IL");
    check_derived("amber REL IL,US NOT AE", &["amber REL IL,US,AE"], "TLP:AMBER REL IL,US NOT AE");
    check_derived("amber REL IL,US", &["amber REL IL"], &weaker("audience"));
    check_derived("amber REL IL", &["amber REL IL NOT US"], &weaker("audience"));
    check_derived("amber", &["clear REL IL"], &weaker("audience"));
    check_derived("green FOR defence", &["green FOR defence,research"], "TLP:GREEN");
    check_derived("green", &["green FOR defence"], &weaker("purposes"));
    check_derived("green UNTIL 2000", &["green UNTIL 2000", "clear UNTIL 1500"], &weaker("expiry"));
    check_derived(
        "clear",
        &["red REL IL FOR defence UNTIL 1500"],
        &weaker("light, audience, purposes, expiry"),
    );
}

#[test]
fn statements_stay_with_what_is_derived() {
    let policy = Policy::new().unwrap();
    let source = Label { statements: ["Chatham House".to_owned()].into(), ..label("green") };
    let by = viewer("MA");
    let refused = policy.admit_derived((), &label("green"), &[&source], &by, NOW).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "its label is weaker than that of its source in: statements; use the join of both"
    );
    assert!(policy.admit_derived((), &source, &[&source], &by, NOW).is_ok());
}

#[test]
fn nothing_is_derived_from_what_its_maker_may_not_have() {
    let source = "it was made from something that its maker may not have: withheld: ";
    check_derived(
        "unmarked",
        &["unmarked"],
        &format!("{source}no marking, or one that cannot be read: only the originator may have it"),
    );
    check_derived("red REL US", &["red REL US"], &format!("{source}the audience does not name the viewer"));
    check_derived(
        "green UNTIL 900",
        &["green UNTIL 900"],
        &format!("{source}the time for which it was shared is over"),
    );
}

#[test]
fn a_clearance_releases_what_was_decided_and_nothing_else() {
    let policy = Policy::new().unwrap();
    let labels =
        [(LabelId(7), label("green")), (LabelId(3), label("red REL US")), (LabelId(1), label("clear"))];
    let all = labels.iter().map(|(id, label)| (*id, label));
    let mut clearance = policy.clearance(&viewer("IL"), Action::View, NOW, all);
    assert_eq!(clearance.label_ids(), [LabelId(1), LabelId(7)]);
    assert_eq!(clearance.viewer(), &viewer("IL"));
    assert_eq!(clearance.action(), Action::View);
    assert_eq!(clearance.release(Thing(LabelId(7))).unwrap().into_inner().0, LabelId(7));
    let why_not = |id| clearance.release(Thing(LabelId(id))).unwrap_err().to_string();
    assert_eq!(why_not(3), "withheld: the audience does not name the viewer");
    assert_eq!(why_not(4), "withheld: its label was not among those decided for the viewer");

    assert_eq!(clearance.good_until(), None);
    let until = label("amber UNTIL 5000");
    clearance.extend(&policy, NOW, [(LabelId(4), &until), (LabelId(7), &until)]);
    assert_eq!(clearance.label_ids(), [LabelId(1), LabelId(4), LabelId(7)]);
    assert_eq!(clearance.good_until(), Some(5000));
    assert_eq!(clearance.release(Thing(LabelId(4))).unwrap().get().0, LabelId(4));
}
