//! Every rule is shown by a case and named in the documentation.

use std::path::Path;

use vigie_stix::validate::rule;

#[test]
fn every_rule_has_a_case_and_a_line_in_the_documentation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cases = String::new();
    for kind in ["cases/bundle", "cases/invalid"] {
        for case in root.join(kind).read_dir().unwrap() {
            cases += &std::fs::read_to_string(case.unwrap().path().join("want.findings")).unwrap();
        }
    }
    let document = std::fs::read_to_string(root.join("../../docs/spec/stix.md")).unwrap();
    for rule in rule::ALL {
        let id = rule.id;
        assert!(cases.contains(&format!(" {id} ")), "no case breaks {id}");
        assert!(
            document.contains(&format!("| {id} | {} |", rule.severity)),
            "{id} is not in docs/spec/stix.md"
        );
    }
}
