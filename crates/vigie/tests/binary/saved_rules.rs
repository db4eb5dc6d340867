//! Rules compiled into a file and loaded again: nothing that the sources say is lost on the way.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::node;

const RULES: &str = "title: shell\nid: 00000000-0000-4000-8000-000000000001\nname: shell\nlevel: high\n\
    logsource: {product: windows, category: process_creation}\n\
    detection: {s: {Image|endswith: cmd.exe}, condition: s}\n---\ntitle: twice\ncorrelation:\n  \
    {type: event_count, rules: [shell], group-by: [User], timespan: 5m, condition: {gte: 2}, generate: true}\n";
const FILTER: &str = "title: known\nlogsource: {product: windows, category: process_creation}\n\
    filter: {rules: [shell], s: {User: known}, condition: s}\n";
const PATTERN: &str = r#"{"type":"indicator","spec_version":"2.1","id":"indicator--22222222-2222-4222-8222-222222222222",
    "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"two names","pattern_type":"stix",
    "pattern":"([domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']) WITHIN 60 SECONDS",
    "valid_from":"2026-01-01T00:00:00Z"}"#;
const SENSOR: &str = r#"{"type":"indicator","spec_version":"2.1","id":"indicator--33333333-3333-4333-8333-333333333333",
    "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern_type":"suricata",
    "pattern":"alert dns any any -> any any (msg:\"x\"; dns.query; content:\"evil\"; sid:1;)",
    "valid_from":"2026-01-01T00:00:00Z"}"#;
const WARNING: &str = r#"{"name":"Harmless","type":"string","version":1,"list":["held.example"],
    "matching_attributes":["domain"]}"#;

/// Records of a process, made up.
fn process(second: u8, user: &str) -> String {
    format!(
        r#"{{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","@timestamp":"2026-03-01T10:00:{second:02}Z","Image":"C:\\cmd.exe","User":"{user}"}}"#
    )
}

fn lookup(second: u8, name: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-03-01T10:00:{second:02}.000000+0000","event_type":"dns","src_ip":"192.0.2.1","dest_ip":"192.0.2.53","dns":{{"type":"query","rrname":"{name}","rrtype":"A"}}}}"#
    )
}

fn alert(named: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-03-01T10:00:09.000000+0000","event_type":"alert","src_ip":"192.0.2.1","dest_ip":"192.0.2.53","proto":"UDP","alert":{{"signature":"x","metadata":{{"vigie_indicator":["{named}"]}}}}}}"#
    )
}

/// What a watch printed, without what no two runs share, and its summary.
fn watch(folder: &Path, rules: &[&str]) -> (Vec<String>, Value) {
    let summary = folder.join("summary.json");
    let logs = folder.join("logs");
    let arguments = ["watch", "--show-suppressed", "--summary", summary.to_str().unwrap()];
    let output = node::run(&[&arguments[..], rules, &[logs.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line["proof"].as_object_mut().unwrap().remove("image");
        line.to_string()
    };
    let mut lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(line).collect();
    lines.sort();
    (lines, serde_json::from_str(&fs::read_to_string(summary).unwrap()).unwrap())
}

#[test]
fn an_image_says_what_its_sources_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let write = |name: &str, text: &str| fs::write(path(name), text).unwrap();
    for name in ["rules", "warn", "logs"] {
        fs::create_dir(path(name)).unwrap();
    }
    write("rules/list.txt", "evil.example\tfeed\nheld.example\n198.51.100.0/24\n");
    write("rules/shell.yml", RULES);
    write("rules/waiting.yml", "title: w\ncorrelation: {type: temporal, rules: [none], timespan: 1m}\n");
    write("rules/broken.yml", "title: [");
    write("rules/pattern.json", PATTERN);
    write("rules/sensor.json", SENSOR);
    write("rules/local.rules", "alert dns any any -> any any (msg:\"x\"; sid:7;)\n");
    write("rules/file.yar", "rule one { strings: $a = \"evil\" condition: $a }\n");
    write("warn/harmless.json", WARNING);
    write("filter.yml", FILTER);
    let processes = [process(0, "jane"), process(1, "known"), process(2, "jane")];
    write("logs/sysmon.json", &processes.join("\n"));
    let sensor = "indicator--33333333-3333-4333-8333-333333333333";
    let unknown = "indicator--99999999-9999-4999-8999-999999999999";
    let network = ["www.evil.example", "held.example", "a.example", "b.example"];
    let network = (0..).zip(network).map(|(second, name)| lookup(second, name));
    let network: Vec<String> = network.chain([alert(sensor), alert(unknown)]).collect();
    write("logs/eve.json", &network.join("\n"));

    let compile = ["rule", "compile", &path("rules"), "--warning-lists", &path("warn")];
    let compiled = node::run(&[&compile[..], &["--out", &path("image")]].concat());
    assert_eq!(compiled.status.code(), Some(3), "two files are no rules: {compiled:?}");

    let sources = ["--indicators", &path("rules"), "--warning-lists", &path("warn")];
    let (lines, summary) = watch(folder.path(), &sources);
    let (loaded, of_image) = watch(folder.path(), &["--image", &path("image")]);
    assert_eq!(loaded, lines);
    for key in ["rules", "refused", "suppressed", "warned", "unknown_alerts", "matches"] {
        assert_eq!(of_image[key], summary[key], "{key}");
    }
    let ids = |wanted: &str| lines.iter().filter(|it| it.contains(wanted)).count();
    assert_eq!((ids(r#""name":"shell""#), ids(r#""name":"twice""#), ids(r#""name":"two names""#)), (3, 1, 1));
    assert_eq!((ids("evil.example (feed)"), ids(sensor)), (1, 1));
    assert_eq!((&summary["unknown_alerts"], &summary["warned"]["Harmless"]), (&1.into(), &1.into()));
    assert_eq!(summary["suppressed"]["Harmless"], 1);
    let of_several = lines.iter().find(|it| it.contains(r#""name":"twice""#)).unwrap();
    assert!(of_several.contains(r#""mapping":"sysmon "#), "{of_several}");

    // A filter that comes beside the image finds the rule inside.
    let filter = ["--rules", &path("filter.yml")];
    let (beside, _) = watch(folder.path(), &[&["--image", &path("image")][..], &filter].concat());
    assert_eq!(beside, watch(folder.path(), &[&sources[..], &filter].concat()).0);
    assert_eq!(beside.iter().filter(|it| it.contains(r#""name":"shell""#)).count(), 2);
}
