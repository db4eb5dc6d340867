//! The table of grades.

use super::*;

fn facts<'f>(artefact: &'f str, path: &'f str, value: &'f str) -> Facts<'f> {
    Facts {
        artefact,
        path,
        value,
        how: How::Itself,
        has_bundle: false,
        sent: false,
        typed: false,
        redirected: false,
        generic: false,
        state: State::Active,
        confidence: None,
    }
}

#[track_caller]
fn check(facts: &Facts<'_>, want: &str) {
    let (grade, reasons) = grade(facts);
    let reasons: Vec<&str> = reasons.iter().map(|it| it.as_str()).collect();
    assert_eq!(format!("{} {}", grade.as_str(), reasons.join(" ")), want, "{facts:?}");
}

#[test]
fn an_address_counts_by_where_it_stands() {
    let domain = |artefact| facts(artefact, "domain-name:value", "evil.example");
    check(&domain("sms"), "trace in-message");
    check(&domain("whatsapp"), "trace in-message");
    check(&Facts { sent: true, ..domain("sms") }, "trace in-message by-owner");
    check(&Facts { sent: true, ..domain("safari_history") }, "trace visited");
    check(&domain("safari-history"), "trace visited");
    check(&Facts { redirected: true, ..domain("safari-history") }, "trace visited by-redirect");
    check(&Facts { typed: true, ..domain("chrome-history") }, "suspicion visited typed");
    check(&domain("safari-favicons"), "suspicion site-data");
    check(&domain("webkit-resource-load-statistics"), "suspicion site-data");
    check(&domain("contacts"), "suspicion acquainted");
    check(&domain("dns-event"), "trace connected");
    check(&domain("shortcuts"), "trace described");
    check(&facts("sms", "ipv4-addr:value", "203.0.113.1"), "suspicion in-message shared-address");
}

#[test]
fn the_site_of_a_vendor_is_no_attack() {
    let visit = |value| facts("safari-history", "domain-name:value", value);
    check(&visit("www.nsogroup.com"), "note visited vendor-site");
    check(&visit("https://nsogroup.com/about"), "note visited vendor-site");
    check(&visit("notnsogroup.com"), "trace visited");
    check(&visit("nsogroup.com.evil.example"), "trace visited");
}

#[test]
fn what_ran_and_what_lies_there() {
    let process = facts("datausage", "process:name", "bh");
    check(&process, "trace ran");
    check(&Facts { has_bundle: true, ..process.clone() }, "suspicion ran bundle-beside");
    check(&Facts { how: How::Cut, ..process.clone() }, "suspicion ran cut-name");
    check(&Facts { how: How::Cut, has_bundle: true, ..process.clone() }, "note ran cut-name bundle-beside");
    check(&Facts { generic: true, ..process }, "note ran too-generic");
    check(&facts("manifest", "file:path", "/var/tmp/x"), "trace file-there");
    check(&facts("manifest", "file:name", "x"), "suspicion name-only");
    check(&facts("packages", "file:hashes.'SHA-256'", "0"), "trace same-bytes");
    check(&facts("packages", "app:cert.sha1", "0"), "trace same-bytes");
    check(&facts("packages", "app:id", "com.x"), "trace app-there");
    check(&facts("profiles", "configuration-profile:id", "0"), "trace profile-there");
    check(&facts("getprop", "android-property:name", "a.b"), "trace property-set");
    check(&facts("calendar", "email-addr:value", "a@b.example"), "trace attacker-account");
    check(&facts("contacts", "email-addr:value", "a@b.example"), "suspicion acquainted");
}

#[test]
fn what_is_known_of_the_indicator_lowers() {
    let process = facts("datausage", "process:name", "bh");
    check(&Facts { state: State::Expired, ..process.clone() }, "suspicion ran expired");
    check(&Facts { state: State::NotYetValid, ..process.clone() }, "trace ran");
    check(&Facts { confidence: Some(20), ..process.clone() }, "suspicion ran low-confidence");
    check(&Facts { confidence: Some(50), ..process }, "trace ran");
}

#[test]
fn families_are_told_by_names() {
    #[track_caller]
    fn check(artefact: &str, want: Family) {
        assert_eq!(Family::of(artefact), want, "{artefact}");
    }
    check("idstatuscache", Family::Other);
    check("datausage", Family::Other);
    check("netusage", Family::Other);
    check("sms-attachments", Family::Other);
    check("calls", Family::People);
    check("whatsapp-contacts", Family::People);
    check("firefox-history", Family::Visit);
    check("safari_browser_state", Family::Visit);
    check("battery-history", Family::Other);
}

#[track_caller]
fn check_raised(all: &[Placed<'_>], want: &[usize]) {
    assert_eq!(raised(all), want, "{all:?}");
}

#[test]
fn two_independent_artefacts_within_an_hour_raise() {
    let one = Placed {
        grade: Grade::Suspicion,
        artefact: "favicons",
        indicator: "a",
        time: Some(0),
        can_rise: true,
    };
    let other = Placed { artefact: "datausage", indicator: "b", time: Some(HOUR), ..one };
    check_raised(&[one, other], &[0, 1]);
    check_raised(&[one, Placed { time: Some(HOUR + 1), ..other }], &[]);
    check_raised(&[one, Placed { time: None, ..other }], &[]);
    check_raised(&[one, Placed { artefact: "favicons", ..other }], &[]);
    check_raised(&[one, Placed { indicator: "a", ..other }], &[]);
    check_raised(&[one, Placed { grade: Grade::Note, ..other }], &[]);
    check_raised(&[one, Placed { grade: Grade::Trace, ..other }], &[0]);
    check_raised(&[Placed { can_rise: false, ..one }, other], &[1]);
    check_raised(&[one], &[]);
}
