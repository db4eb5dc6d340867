//! `vigie phone recheck` and evidence encrypted with age, through the real binary.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};
use vigie_phone::sealed::{self, Recipients};

use crate::phone::{lines, log, outputs};
use crate::samples::{envelope, indicator_of};
use crate::watching::{Desk, Ran};

/// A pair of keys that is published with age's own tests.
const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
const PUBLIC: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
/// Another public key.
const OTHER: &str = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";

const AGREED: [&str; 3] = ["--consent-given-by", "Amal", "--consent-to-extract"];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("phone/intrusion.ndjson", log(&["news.example", "a.b.evil.example", "later.example"]));
    desk.write("first.stix2", envelope(&[indicator_of(1, "[domain-name:value='evil.example']")]));
    desk.write("later.stix2", envelope(&[indicator_of(2, "[domain-name:value='later.example']")]));
    desk.write("key.txt", format!("# public key: {PUBLIC}\n{SECRET}\n"));
    desk
}

fn check(desk: &Desk, more: &[&str]) -> Ran {
    let arguments =
        ["phone", "check", "phone/intrusion.ndjson", "--indicators", "first.stix2", "--out", "out"];
    desk.run(&[&arguments[..], more].concat())
}

fn recheck(desk: &Desk, indicators: &str, out: &str, more: &[&str]) -> Ran {
    let arguments = ["phone", "recheck", "out/extract.age", "--indicators", indicators, "--out", out];
    desk.run(&[&arguments[..], more].concat())
}

/// Runs with something on standard input.
fn with_input(desk: &Desk, arguments: &[&str], input: &str) -> Ran {
    let mut command = desk.command(arguments);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // What refuses before it reads closes its end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}

/// What findings say beside why.
fn found(desk: &Desk, out: &str) -> Vec<Value> {
    let mut all = lines(&outputs(desk, out)["findings.jsonl"]);
    for it in &mut all {
        assert!(it.as_object_mut().unwrap().remove("why").is_some());
    }
    all
}

#[test]
fn later_indicators_are_compared_without_the_phone() {
    let desk = desk();
    check(&desk, &[&AGREED[..], &["--extract-to", PUBLIC, "--extract-to", OTHER]].concat()).check(
        3,
        &["extract: out/extract.age, kept as agreed", "1 trace"],
        &[],
    );
    fs::remove_dir_all(desk.path("phone")).unwrap();
    let bytes = &outputs(&desk, "out")["extract.age"];
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
    for plain in [&b"evil.example"[..], b"Amal", b"later"] {
        assert!(!bytes.windows(plain.len()).any(|it| it == plain));
    }
    recheck(&desk, "first.stix2", "same", &["--identity", "key.txt"]).check(
        3,
        &["extract of the check of 20", "1 trace", "result: traces found"],
        &[],
    );
    assert_eq!(found(&desk, "same"), found(&desk, "out"));
    assert_eq!(outputs(&desk, "same")["sightings.json"], outputs(&desk, "out")["sightings.json"]);

    recheck(&desk, "later.stix2", "later", &["--identity", "key.txt", "--lang", "he"]).check(3, &[], &[]);
    let all = outputs(&desk, "later");
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "completeness.json",
            "findings.jsonl",
            "manifest.json",
            "manifest.json.sig",
            "report.ar.html",
            "report.en.html",
            "report.fr.html",
            "report.html",
            "sightings.json",
            "signature.json",
            "signer.pem",
            "timeline.csv",
            "timeline.jsonl"
        ]
    );
    assert_eq!(found(&desk, "later")[0]["value"], "later.example");
    let completeness: Value = serde_json::from_slice(&all["completeness.json"]).unwrap();
    assert_eq!(completeness["recheck"]["extract_of"].as_str().unwrap().len(), 10);
    let before: Value = serde_json::from_slice(&outputs(&desk, "out")["completeness.json"]).unwrap();
    assert_eq!(completeness["artefacts"], before["artefacts"]);
    assert_eq!(before["recheck"], json!(null));
    let page = String::from_utf8_lossy(&all["report.en.html"]);
    assert!(page.contains("The phone was not read again") && !page.contains("Amal"));
    for (name, text) in all {
        let text = String::from_utf8_lossy(&text).to_lowercase();
        assert!(!text.contains("clean") && !text.contains("safe"), "{name}");
        assert!(!text.contains("news.example"), "{name}: what no indicator meets is kept back");
    }
    desk.run(&["phone", "forget", "later"]).check(0, &["findings.jsonl"], &[]);
    desk.run(&["phone", "forget", "out"]).check(0, &["extract.age"], &[]);
    assert!(!desk.path("out/extract.age").exists());
}

#[test]
fn an_extract_needs_the_owners_consent() {
    let desk = desk();
    let given = ["--consent-given-by", "Amal", "--extract-to", PUBLIC];
    check(&desk, &given).check(2, &[], &["did not agree to an extract", "--consent-to-extract"]);
    let record = "owner='Amal'\npurpose='p'\nscope='s'\nretention='until 2999-01-01'\ndate='2026-01-01'\n";
    desk.write("consent.toml", record);
    let file = ["--consent", "consent.toml", "--extract-to", PUBLIC];
    check(&desk, &file).check(2, &[], &["did not agree", "`extract = true`"]);
    assert!(!desk.path("out").exists(), "nothing was read");
    desk.write("consent.toml", record.to_owned() + "extract=true\n");
    check(&desk, &file).check(3, &["kept until 2999-01-01; it is not compared after that day"], &[]);
    let page = fs::read_to_string(desk.path("out/report.html")).unwrap();
    assert!(page.contains("agreed; it is extract.age, encrypted"));
    check(&desk, &["--consent", "consent.toml", "--consent-to-extract"]).check(
        2,
        &[],
        &["cannot be used with"],
    );
    check(&desk, &["--consent-to-extract"]).check(2, &[], &["--consent-given-by"]);
    check(&desk, &[&AGREED[..], &["--extract-to", "age1"]].concat()).check(2, &[], &["no public key of age"]);
    let over = record.replace("2999-01-01", "2026-01-02") + "extract=true\n";
    desk.write("consent.toml", over);
    check(&desk, &file).check(3, &[], &[]);
    recheck(&desk, "later.stix2", "again", &["--identity", "key.txt"]).check(
        2,
        &[],
        &["until 2026-01-02", "which is over; delete `out/extract.age`"],
    );
    assert!(!desk.path("again").exists());
}

#[test]
fn a_passphrase_serves_as_well() {
    let desk = desk();
    desk.write("word.txt", "pass word\nmore\n");
    check(&desk, &[&AGREED[..], &["--extract-passphrase-file", "word.txt"]].concat()).check(3, &[], &[]);
    let arguments = ["phone", "recheck", "out/extract.age", "--indicators", "later.stix2", "--out", "again"];
    let arguments = [&arguments[..], &["--password-stdin"]].concat();
    with_input(&desk, &arguments, "password\n").check(2, &[], &["the passphrase is wrong"]);
    with_input(&desk, &arguments, "\n").check(2, &[], &["first line is empty"]);
    with_input(&desk, &arguments, "pass word\n").check(3, &["result: traces found"], &[]);
    recheck(&desk, "later.stix2", "third", &["--identity", "key.txt"]).check(2, &[], &["--password-stdin"]);
    let missing = [&AGREED[..], &["--extract-passphrase-file", "nowhere"]].concat();
    check(&desk, &missing).check(2, &[], &["cannot read the passphrase in `nowhere`"]);
}

#[test]
fn what_is_no_extract_is_refused_with_the_remedy() {
    let desk = desk();
    let key = ["--identity", "key.txt"];
    check(&desk, &[&AGREED[..], &["--extract-to", OTHER]].concat()).check(3, &[], &[]);
    recheck(&desk, "later.stix2", "again", &key).check(2, &[], &["not for the key given with `--identity`"]);
    recheck(&desk, "later.stix2", "again", &[]).check(2, &[], &["name the file of the secret key"]);
    desk.write("public.txt", PUBLIC);
    recheck(&desk, "later.stix2", "again", &["--identity", "public.txt"]).check(
        2,
        &[],
        &["is a public key of age"],
    );
    check(&desk, &[&AGREED[..], &["--extract-to", PUBLIC]].concat()).check(3, &[], &[]);
    let bytes = fs::read(desk.path("out/extract.age")).unwrap();
    recheck(&desk, "later.stix2", "out", &key).check(2, &[], &["holds the outputs of the check"]);
    desk.write("out/extract.age", &bytes[..bytes.len() / 2]);
    recheck(&desk, "later.stix2", "again", &key).check(2, &[], &["cut or changed"]);
    desk.write("out/extract.age", "a diary");
    recheck(&desk, "later.stix2", "again", &key).check(2, &[], &["is not encrypted with age"]);
    assert!(!desk.path("again").exists());
}

/// What `AndroidQF` collects as folder, zip and encrypted zip.
#[test]
fn encrypted_evidence_is_the_same_as_the_folder_and_the_zip() {
    let desk = desk();
    let files = [
        (
            "packages.json",
            r#"[{"name":"com.evil.app","installer":"","files":[{"path":"/data/app/base.apk","sha256":"aa"}]}]"#,
        ),
        ("files.json", r#"[{"path":"/data/local/tmp/evil","sha256":"bb","modified_time":"2024-01-01"}]"#),
        ("getprop.txt", "[ro.build.version.release]: [14]\n"),
        ("ps.txt", "USER PID PPID VSZ RSS WCHAN ADDR S NAME\nroot 1 0 1 1 0 0 S init\n"),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        desk.write(&format!("qf/{name}"), text);
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let to = Recipients::keys([PUBLIC]).unwrap();
    let mut sealed = sealed::seal(Vec::new(), &to, &vigie_phone::Limits::default()).unwrap();
    sealed.write_all(&zip).unwrap();
    desk.write("qf.zip", zip);
    desk.write("qf.age", sealed.finish().unwrap());
    desk.write("app.stix2", envelope(&[indicator_of(1, "[app:id='com.evil.app']")]));
    let run = |evidence: &str, out: &str, more: &[&str]| {
        let arguments = ["phone", "check", evidence, "--indicators", "app.stix2", "--out", out];
        desk.run(&[&arguments[..], &AGREED[..2], more].concat())
    };
    let status = run("qf", "folder", &[]).status;
    assert!([3, 4].contains(&status), "{status}");
    run("qf.zip", "zip", &[]).check(status, &[], &[]);
    run("qf.age", "age", &["--identity", "key.txt"]).check(status, &[], &[]);
    run("qf.age", "no", &[]).check(2, &[], &["name the file of the secret key with `--identity`"]);
    let folder = outputs(&desk, "folder");
    assert!(!folder["findings.jsonl"].is_empty());
    for name in ["findings.jsonl", "completeness.json"] {
        let of = |out: &str| String::from_utf8(outputs(&desk, out)[name].clone()).unwrap();
        assert_eq!(of("zip"), of("folder"), "{name}");
        assert_eq!(of("age"), of("folder"), "{name}");
    }
}
