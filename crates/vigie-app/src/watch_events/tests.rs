//! Tests of `watch_events.rs`.

use std::fs;

use super::*;

/// Three DNS answers and a line that is broken; the names are made up.
const EVE: &str = concat!(
    r#"{"timestamp":"2026-03-01T10:00:00.000000+0000","event_type":"dns","src_ip":"192.0.2.1","dest_ip":"192.0.2.53","#,
    r#""dns":{"type":"query","rrname":"www.evil.example","rrtype":"A"}}"#,
    "\n",
    r#"{"timestamp":"2026-03-01T10:00:01.000000+0000","event_type":"dns","src_ip":"192.0.2.1","dest_ip":"192.0.2.53","#,
    r#""dns":{"type":"query","rrname":"good.example","rrtype":"A"}}"#,
    "\n{\"timestamp\":\n",
    r#"{"timestamp":"2026-03-01T10:00:02.000000+0000","event_type":"dns","src_ip":"192.0.2.1","dest_ip":"192.0.2.53","#,
    r#""dns":{"type":"query","rrname":"bad.example","rrtype":"A"}}"#,
    "\n"
);

const BUNDLE: &str = r#"{"type":"bundle","id":"bundle--11111111-1111-4111-8111-111111111111","objects":[
    {"type":"indicator","spec_version":"2.1","id":"indicator--22222222-2222-4222-8222-222222222222",
     "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"bad name",
     "pattern":"[domain-name:value = 'bad.example']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"},
    {"type":"indicator","spec_version":"2.1","id":"indicator--33333333-3333-4333-8333-333333333333",
     "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",
     "pattern":"[domain-name:value = 'bad.example'] WITHIN 5 SECONDS","pattern_type":"stix",
     "valid_from":"2026-01-01T00:00:00Z"}]}"#;

fn request(rules: RuleFiles, inputs: Vec<PathBuf>) -> Request {
    Request {
        rules,
        image: None,
        inputs,
        files: Vec::new(),
        format: None,
        mappings: Mappings::built_in(),
        limits: Limits::default(),
        windows: WindowLimits::default(),
        show_suppressed: false,
        threads: NonZero::<usize>::MIN,
        secret: 7,
        follow: None,
        progress: Arc::default(),
    }
}

fn watch(logs: &[(&str, &str)], rules: &[(&str, &str)]) -> (Result<Outcome, WatchError>, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |kind: &str, files: &[(&str, &str)]| {
        let folder = folder.path().join(kind);
        fs::create_dir(&folder).expect("a new folder");
        for (name, text) in files {
            fs::write(folder.join(name), text).expect("a new file");
        }
        folder
    };
    let rules = RuleFiles { indicators: vec![write("rules", rules)], ..RuleFiles::default() };
    let mut request = request(rules, vec![write("logs", logs)]);
    request.threads = NonZero::new(3).expect("three is not zero");
    let mut out = Vec::new();
    let outcome = run(&request, &mut out);
    let out = String::from_utf8(out).expect("JSON is UTF-8");
    (outcome, out.replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn matches_are_lines_of_json_in_the_order_of_the_logs() {
    let (outcome, out) =
        watch(&[("eve.json", EVE)], &[("a.txt", "evil.example\tfeed\n"), ("b.json", BUNDLE)]);
    let outcome = outcome.expect("the logs can be read");
    let [first, second, third] = out.lines().collect::<Vec<_>>()[..] else {
        panic!("expected three lines: {out}")
    };
    let record = EVE.lines().next().expect("a first line");
    let image = first.split(r#""image":""#).nth(1).and_then(|it| it.get(..64)).expect("a hash of the rules");
    assert_eq!(
        first,
        format!(
            "{}{}{}{record}{}",
            r#"{"time":"2026-03-01T10:00:00.000000Z","rule":{"id":"rules/a.txt:1","name":"evil.example (feed)","#,
            r#""language":"list"},"matched":[{"path":"domain-name:value","value":"www.evil.example"}],"#,
            r#""source":{"file":"logs/eve.json","line":1,"format":"eve"},"event":"#,
            format_args!(r#","proof":{{"literal":true,"image":"{image}"}}}}"#),
        )
    );
    assert!(
        second.contains(r#""id":"indicator--22222222-2222-4222-8222-222222222222","name":"bad name""#),
        "{second}"
    );
    assert!(second.contains(r#""line":4,"#), "{second}");
    // What is about times comes last.
    assert!(third.contains(r#""observations":[{"time":"2026-03-01T10:00:02.000000Z","#), "{third}");
    assert_eq!((outcome.logs.events, outcome.logs.lost(), outcome.matches), (3, 1, 3));
    assert_eq!(outcome.logs.bytes, EVE.len() as u64);
    assert_eq!((outcome.rules.total(), outcome.refusals.len()), (3, 0));
}

#[test]
fn many_blocks_on_many_threads_give_what_one_would() {
    let hit = EVE.lines().next().expect("a first line");
    let lines: Vec<String> = (0..30_000).map(|it| hit.replace("www.", &format!("h{it}."))).collect();
    let log = lines.join("\n") + "\n";
    let (outcome, out) = watch(&[("eve.json", &log), ("more.json", EVE)], &[("list", "evil.example")]);
    let outcome = outcome.expect("the logs can be read");
    assert_eq!((outcome.logs.events, outcome.matches), (30_003, 30_001));
    assert_eq!(outcome.logs.bytes, (log.len() + EVE.len()) as u64);
    for (number, line) in out.lines().take(30_000).enumerate() {
        assert!(line.contains(&format!("\"value\":\"h{number}.evil.example\"")), "{number}: {line}");
        assert!(line.contains(&format!("\"line\":{},", number + 1)), "{number}: {line}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let (outcome, _) = watch(
        &[("eve.json", EVE), ("notes.txt", "nothing of the kind\n")],
        &[("a.bin", "PK\0\0"), ("b.json", "{\"type\":"), ("c.txt", "evil\n")],
    );
    let outcome = outcome.expect("one log can be read");
    assert_eq!(outcome.problems.len(), 1);
    assert_eq!(outcome.refusals.len(), 3);
    let (outcome, _) = watch(&[("notes.txt", "nothing of the kind\n")], &[("a.txt", "evil.example")]);
    assert!(matches!(outcome, Err(WatchError::Logs(_))), "{outcome:?}");
    let missing = RuleFiles { indicators: vec!["no such file".into()], ..RuleFiles::default() };
    let error = run(&request(missing, Vec::new()), &mut Vec::new()).expect_err("the file is missing");
    assert_eq!(error.to_string(), "could not read `no such file`");
}

#[test]
fn a_file_that_is_no_rule_is_counted_and_never_a_silence() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("one.txt"), "title: one").expect("a new file");
    let rules = RuleFiles { rules: vec![folder.path().to_owned()], ..RuleFiles::default() };
    let request = request(rules, Vec::new());
    let outcome = run(&request, &mut Vec::new()).expect("nothing to read");
    let reasons: Vec<_> = outcome.refusals.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!((outcome.rules.total(), reasons), (1, vec!["unreadable-file"]));
}
