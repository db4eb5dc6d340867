//! What a reader may not see does not exist for it: not in pages, counts, dates, versions, or by name.

use crate::node::Stage;
use crate::stix::{CLEAR, RED, id, indicator, indicator_at};

/// Indicators 1 to 9, of which the ally may see the even ones.
fn mixed() -> Stage {
    let stage = Stage::new();
    let date = "2016-01-01T00:00:00.000Z";
    let marking = |number| match number % 4 {
        1 => None,
        3 => Some(RED),
        _ => Some(CLEAR),
    };
    stage.add(&(1..=9).map(|it| indicator_at(it, date, marking(it))).collect::<Vec<_>>());
    stage
}

#[test]
fn pages_hold_only_what_is_released() {
    let stage = mixed();
    let want = [2, 4, 6, 8].map(|it| id("indicator", it));
    assert_eq!(stage.ally.get(&stage.objects).ids(), want);
    assert_eq!(stage.ally.get(&stage.manifest).ids(), want);
    assert_eq!(stage.home.get(&stage.objects).ids().len(), 9);
}

#[test]
fn paging_does_not_show_gaps() {
    let stage = mixed();
    let first = stage.ally.get(&format!("{}?limit=3", stage.objects));
    assert_eq!(first.ids().len(), 3, "hidden objects take no room");
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = stage.ally.get(&format!("{}?limit=3&next={next}", stage.objects));
    assert_eq!(second.ids(), [id("indicator", 8)]);
    assert!(second.json().get("more").is_none());
    let exact = stage.ally.get(&format!("{}?limit=4", stage.objects));
    assert!(exact.json().get("more").is_none(), "`more` does not tell of the ninth");
}

#[test]
fn dates_do_not_tell() {
    let stage = mixed();
    let all = stage.home.get(&stage.manifest).of_objects("date_added");
    let page = stage.ally.get(&stage.objects);
    assert_eq!(page.header("x-taxii-date-added-first"), Some(all[1].as_str()));
    assert_eq!(page.header("x-taxii-date-added-last"), Some(all[7].as_str()));
}

#[test]
fn a_hidden_object_reads_like_an_absent_one() {
    let stage = mixed();
    for rest in ["", "versions/"] {
        let hidden = stage.ally.get(&format!("{}{}/{rest}", stage.objects, id("indicator", 3))).expect(404);
        let absent = stage.ally.get(&format!("{}{}/{rest}", stage.objects, id("indicator", 99))).expect(404);
        assert_eq!(hidden.text(), absent.text());
    }
    let asked = format!("{}?match[id]={}", stage.objects, id("indicator", 3));
    assert_eq!(stage.ally.get(&asked).text(), "{}");
}

#[test]
fn a_hidden_version_does_not_shift_the_others() {
    let stage = Stage::new();
    let (open, closed) = ("2016-01-01T00:00:00.000Z", "2017-01-01T00:00:00.000Z");
    stage.add(&[indicator_at(1, open, Some(CLEAR)), indicator_at(1, closed, Some(RED))]);
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    assert_eq!(stage.ally.get(&object).of_objects("modified"), [open], "the last that may be seen");
    assert_eq!(stage.home.get(&object).of_objects("modified"), [closed]);
    let versions = stage.ally.get(&format!("{object}versions/")).json();
    assert_eq!(versions["versions"], serde_json::json!([open]));
}

#[test]
fn a_hidden_object_cannot_be_deleted() {
    use vigie_model::token::Scope;

    let stage = mixed();
    let writer = stage.node.client(Some(stage.member), Scope::All, Scope::All);
    writer.delete(&format!("{}{}/", stage.objects, id("indicator", 3))).expect(404);
    assert_eq!(stage.home.get(&stage.objects).ids().len(), 9);
}

#[test]
fn nobody_versions_or_revokes_what_another_made() {
    use vigie_model::token::Scope;

    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let writer = stage.node.client(Some(stage.member), Scope::All, Scope::All);
    let newer = indicator_at(1, "2020-01-01T00:00:00.000Z", Some(CLEAR));
    let revoked = newer.replace(r#""name""#, r#""revoked":true,"name""#);
    for text in [newer, revoked] {
        let status = writer.post(&stage.objects, &crate::stix::envelope(&[text])).expect(202).json();
        assert_eq!(status["failure_count"], 1, "{status}");
    }
    assert_eq!(stage.ally.get(&stage.objects).of_objects("modified"), ["2016-01-01T00:00:00.000Z"]);
}
