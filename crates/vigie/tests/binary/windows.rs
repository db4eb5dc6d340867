//! Rules over several events through the binary: offline, and in a node that is stopped or killed in the middle.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::node::{Home, Node, succeed};
use crate::samples::{envelope, id, indicator_of};
use crate::watching::Desk;

const FAILED: &str = "
title: A logon failed
name: failed
logsource: {product: windows, service: security}
detection: {failed: {EventID: 4625}, condition: failed}
---
title: Somebody guesses passwords
id: 22222222-2222-4222-8222-222222222222
correlation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {gte: 3}}
---
title: A logon
name: logon
logsource: {product: windows, service: security}
detection: {logon: {EventID: 4624}, condition: logon}
---
title: And succeeds
id: 33333333-3333-4333-8333-333333333333
correlation: {type: temporal_ordered, rules: [failed, logon], group-by: [TargetUserName], timespan: 5m}
";

/// The rule above that counts.
const GUESSED: &str = "22222222-2222-4222-8222-222222222222";

/// A question for a name at so many seconds after an hour.
fn question_at(name: &str, seconds: u32) -> String {
    let (minute, second) = (seconds / 60, seconds % 60);
    crate::samples::question(name).replace("T03:04:05", &format!("T03:{minute:02}:{second:02}"))
}

fn logon(event: u32, user: &str, second: u32) -> String {
    format!(
        r#"{{"EventID":{event},"Channel":"Security","@timestamp":"2026-01-01T08:00:{second:02}Z","TargetUserName":"{user}"}}"#
    ) + "\n"
}

/// Questions for these names at these seconds complete the pattern so often, each time with the event of that line.
#[track_caller]
fn check(pattern: &str, log: &[(&str, u32)], want: &[u64]) {
    let desk = Desk::with(&[("rules.json", &envelope(&[indicator_of(1, pattern)]))]);
    desk.write("eve.json", log.iter().map(|(name, at)| question_at(name, *at)).collect::<String>());
    let watched = desk.watch(&["--indicators", "rules.json", "eve.json"]);
    let lines: Vec<u64> = watched.lines.iter().map(|it| it["source"]["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, want, "{pattern}\n{}", watched.ran.told);
    assert_eq!(watched.ran.status, if want.is_empty() { 0 } else { 3 });
}

const FOLLOWED: &str =
    "([domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']) WITHIN 60 SECONDS";
const REPEATED: &str = "([domain-name:value = 'a.example'] REPEATS 3 TIMES) WITHIN 60 SECONDS";

#[test]
fn patterns_over_several_events_fire_with_the_event_that_completes_them() {
    let (a, b) = ("a.example", "b.example");
    check(FOLLOWED, &[(a, 0), ("x.example", 1), (b, 59)], &[3]);
    check(FOLLOWED, &[(a, 0), (b, 60)], &[]);
    check(FOLLOWED, &[(b, 0), (a, 1)], &[]);
    // The order of the records does not matter, that of their times does.
    check(FOLLOWED, &[(b, 59), (a, 0)], &[1]);
    check(FOLLOWED, &[(a, 0), (b, 1), (b, 2), (a, 3), (b, 4)], &[2, 5]);
    check(REPEATED, &[(a, 0), (a, 30), (a, 59)], &[3]);
    check(REPEATED, &[(a, 0), (a, 30), (a, 60)], &[]);
    check(REPEATED, &[(a, 0), (a, 1), (a, 2), (a, 3), (a, 4), (a, 5), (a, 6)], &[3, 6]);
}

/// A match tells each of its events, in the order of their times, from whichever file.
#[test]
fn a_match_lists_its_events() {
    let desk = Desk::with(&[("rules.json", &envelope(&[indicator_of(1, FOLLOWED)]))]);
    desk.write("logs/1.json", question_at("b.example", 30));
    desk.write("logs/2.json", question_at("a.example", 10));
    let watched = desk.watch(&["--indicators", "rules.json", "logs"]);
    assert_eq!(watched.lines.len(), 1, "{}", watched.ran.told);
    let proof = &watched.lines[0]["proof"];
    let places: Vec<&Value> =
        proof["observations"].as_array().unwrap().iter().map(|it| &it["source"]["file"]).collect();
    assert_eq!(places, ["logs/2.json", "logs/1.json"]);
    assert_eq!(proof["horizon"], serde_json::json!({"seconds": 60.0, "assumed": false}));
    assert_eq!(watched.lines[0]["source"]["file"], "logs/1.json");
}

#[test]
fn a_horizon_that_a_pattern_does_not_name_is_that_of_the_watch() {
    let open = "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']";
    let desk = Desk::with(&[("rules.json", &envelope(&[indicator_of(1, open)]))]);
    let later = question_at("b.example", 0).replace("T03:", "T05:");
    desk.write("eve.json", question_at("a.example", 0) + &later);
    let watched =
        |hours: &str| desk.watch(&["--indicators", "rules.json", "--horizon", hours, "eve.json"]).lines;
    assert_eq!(watched("1").len(), 0);
    assert_eq!(watched("3").len(), 1);
    assert_eq!(
        watched("3")[0]["proof"]["horizon"],
        serde_json::json!({"seconds": 10_800.0, "assumed": true})
    );
}

#[test]
fn correlations_of_sigma_count_by_group() {
    let log = [
        logon(4625, "jane", 1),
        logon(4625, "john", 2),
        logon(4625, "jane", 3),
        logon(4624, "john", 4),
        logon(4625, "jane", 5),
        logon(4624, "mary", 6),
    ];
    let desk = Desk::with(&[("rules.yml", FAILED), ("log.json", &log.concat())]);
    let watched = desk.watch(&["--rules", "rules.yml", "log.json"]);
    assert_eq!(watched.fired(), ["And succeeds at log.json:4", "Somebody guesses passwords at log.json:5"]);
    let guessed = &watched.lines[1];
    assert_eq!(guessed["rule"]["id"], GUESSED);
    assert_eq!(guessed["proof"]["observations"].as_array().unwrap().len(), 3);
    assert_eq!(watched.ran.status, 3);
}

/// A node that follows a log of Windows and one of a sensor, with rules of its own.
struct Post {
    home: Home,
    desk: Desk,
}

impl Post {
    fn new() -> Self {
        Self::with(FOLLOWED, "")
    }

    /// With this pattern, and more lines of its configuration of detection.
    fn with(pattern: &str, more: &str) -> Self {
        let desk = Desk::with(&[("rules.yml", FAILED)]);
        desk.write("rules.json", envelope(&[indicator_of(1, pattern)]));
        let home = Home::new(desk.as_ref());
        let [sigma, stix, windows, eve] =
            ["rules.yml", "rules.json", "windows.json", "eve.json"].map(|it| desk.path(it));
        let [sigma, stix, windows, eve] = [sigma, stix, windows, eve].map(|it| it.display().to_string());
        let config = format!(
            "[detection]\nrules = [{sigma:?}]\nindicators = [{stix:?}]\n{more}\n[telemetry]\nfiles = [{windows:?}, {eve:?}]\npoll_ms = 10\n"
        );
        fs::write(home.folder.join("vigie.toml"), config).unwrap();
        let post = Self { home, desk };
        post.windows("");
        post.eve("");
        post
    }

    /// Adds records to the log of Windows.
    fn windows(&self, text: &str) {
        self.append("windows.json", text);
    }

    /// Adds records to the log of the sensor.
    fn eve(&self, text: &str) {
        self.append("eve.json", text);
    }

    fn append(&self, log: &str, text: &str) {
        let file = OpenOptions::new().append(true).create(true).open(self.desk.path(log));
        file.unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn acts(&self, name: &str) -> Vec<Value> {
        let journal = succeed(&["journal", "show", "--data", self.home.data()]);
        let acts = journal.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()["act"].take());
        acts.filter(|it| it["act"] == name).collect()
    }

    /// The rules that raised alerts, in order.
    fn alerts(&self) -> Vec<String> {
        self.acts("alerted").iter().map(|it| it["rule"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until it is so, and no longer than anybody would.
    #[track_caller]
    fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds(self) {
            assert!(Instant::now() < deadline, "not within 20 s: {what}; alerts: {:?}", self.alerts());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the node remembers a log to this line.
    #[track_caller]
    fn until_read(&self, log: &str, line: u64) {
        let reached = |it: &Value| {
            it["file"].as_str().is_some_and(|it| it.ends_with(log)) && it["line"].as_u64() >= Some(line)
        };
        self.until(&format!("line {line} of {log} is read"), |it| {
            it.acts("telemetry-read").iter().any(reached)
        });
    }
}

/// Ends a node in the middle of a window of each kind; the matches come from the next one, and not again from a third.
#[track_caller]
fn check_restart(end: fn(&mut Node)) {
    let post = Post::new();
    let mut node = post.home.serve();
    post.windows(&(logon(4625, "jane", 1) + &logon(4625, "jane", 2)));
    post.eve(&question_at("a.example", 1));
    post.until_read("windows.json", 2);
    post.until_read("eve.json", 1);
    assert_eq!(post.alerts(), [""; 0]);
    end(&mut node);
    let node = post.home.serve();
    post.windows(&logon(4625, "jane", 3));
    post.eve(&question_at("b.example", 2));
    post.until("both matches come", |it| it.alerts().len() >= 2);
    assert!(!node.told().contains("ERROR"), "{}", node.told());
    drop(node);
    // Once more, so that whatever would be told again has its chance: what follows shows that all was read.
    let _node = post.home.serve();
    post.eve(&(question_at("a.example", 100) + &question_at("b.example", 101)));
    post.windows(&(logon(4625, "john", 1) + &logon(4625, "john", 2) + &logon(4625, "john", 3)));
    post.until("the next matches come", |it| it.alerts().len() >= 4);
    let mut alerts = post.alerts();
    alerts.sort();
    let (guessed, followed) = (GUESSED.to_owned(), id("indicator", 1));
    assert_eq!(alerts, [guessed.clone(), guessed, followed.clone(), followed]);
}

#[test]
fn a_node_that_is_stopped_in_a_window_tells_the_match_once() {
    check_restart(|node| {
        node.terminate();
        assert!(node.ended_within(Duration::from_secs(12)).success());
    });
}

#[test]
fn a_node_that_is_killed_in_a_window_tells_the_match_once() {
    check_restart(Node::kill);
}

/// The horizon of the configuration is that of the patterns.
#[test]
fn a_node_takes_its_horizon_from_its_configuration() {
    let open = "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']";
    let post = Post::with(open, "horizon_s = 60");
    let _node = post.home.serve();
    let (a, far, near) =
        (question_at("a.example", 0), question_at("b.example", 61), question_at("b.example", 59));
    post.eve(&(a + &far));
    post.until_read("eve.json", 2);
    assert_eq!(post.alerts(), [""; 0]);
    post.eve(&near);
    post.until("the match comes", |it| it.alerts().len() == 1);
}

/// Whenever the node is killed, each window gives one match.
#[test]
fn a_node_that_is_killed_again_and_again_tells_each_match_once() {
    const USERS: usize = 40;
    let post = Post::new();
    let user = |number: usize| format!("user{number}");
    let mut records = Vec::new();
    for second in 0..3 {
        records.extend((0..USERS).map(|it| logon(4625, &user(it), second)));
    }
    for (round, piece) in records.chunks(records.len() / 3 + 1).enumerate() {
        let mut node = post.home.serve();
        for some in piece.chunks(10) {
            post.windows(&some.concat());
            std::thread::sleep(Duration::from_millis(7));
        }
        std::thread::sleep(Duration::from_millis(60 * round as u64));
        node.kill();
    }
    let node = post.home.serve();
    post.until("every match came", |it| it.alerts().len() >= USERS);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(post.alerts().len(), USERS);
    assert!(!node.told().contains("ERROR"), "{}", node.told());
}

/// What could not be stored is read again, and does not count twice.
#[test]
fn what_a_failing_store_did_not_take_counts_once() {
    let post = Post::new();
    let node = post.home.serve();
    let database = rusqlite::Connection::open(post.home.folder.join("vigie.db")).unwrap();
    let fail =
        "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'the test says no'); END";
    database.execute_batch(fail).unwrap();
    post.windows(&(logon(4625, "jane", 1) + &logon(4625, "jane", 2)));
    let deadline = Instant::now() + Duration::from_secs(10);
    while !node.told().contains("the test says no") {
        assert!(Instant::now() < deadline, "{}", node.told());
        std::thread::sleep(Duration::from_millis(20));
    }
    database.execute_batch("DROP TRIGGER full").unwrap();
    post.until_read("windows.json", 2);
    assert_eq!(post.alerts(), [""; 0], "two records are no three");
    post.windows(&logon(4625, "jane", 3));
    post.until("the match comes", |it| it.alerts().len() == 1);
}
