//! The main job, through the real binary: five nations, one attack.

use std::process::Command;

use serde_json::Value;

#[test]
fn allies_are_shielded_and_nobody_else_learns_of_it() {
    let run = Command::new(env!("CARGO_BIN_EXE_vigie")).args(["demo", "--once", "--json"]).output().unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{errors}");
    let told: Value = serde_json::from_slice(&run.stdout).unwrap();
    let detected = told["publish_to_detect_ms"].as_object().unwrap();
    assert_eq!(detected.keys().collect::<Vec<_>>(), ["AE", "IL", "US"], "{told}");
    assert_eq!(told["label"], "TLP:AMBER+STRICT REL AE,IL,MA,US", "{told}");
    assert_eq!(told["sightings"], 3, "{told}");
    assert_eq!(told["unreleased_received"], 0, "{told}");
    assert_eq!(told["suspended_received"], 0, "{told}");
    assert!(told["readmitted_received"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["alerts_after_revocation"], 0, "{told}");
}
