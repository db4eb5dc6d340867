//! Readers that were taken over by what they read.

use serde_json::{Value, json};

use crate::{Scripts, archive, told};

fn says(words: &[Value]) -> Vec<u8> {
    let frames = words.iter().map(|it| {
        let text = it.to_string();
        [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
    });
    frames.collect::<Vec<_>>().concat()
}

fn ready() -> Value {
    json!("ready")
}

fn entry(message: &str) -> Value {
    json!({"entry": {"number": 1, "process": "/p", "subsystem": "", "message": message, "time": 1}})
}

/// What comes of two logs, of which the first is read by a process that says this.
#[track_caller]
fn check(words: Vec<u8>, want: &str) {
    let logs = [("1.tracev3", b"x".to_vec()), ("2.tracev3", b"x".to_vec())];
    let second = says(&[ready(), json!("done")]);
    let got = told(&mut archive(&logs, &[]), Some(&mut Scripts(vec![words, second])));
    assert_eq!(got, want.to_owned() + "= /2.tracev3: present 0\n");
}

#[test]
fn the_end_of_a_process_costs_a_log() {
    let no_end = "the process that read it came to no end";
    let told =
        "entry 1 |  | /p; https://a.example | url:value=https://a.example domain-name:value=a.example\n";
    check(
        says(&[ready(), entry("https://a.example")]),
        &format!("{told}= /1.tracev3: partial 1 of None: {no_end}: it was ended\n"),
    );
    check(
        [says(&[ready()]), u32::MAX.to_le_bytes().to_vec()].concat(),
        &format!("= /1.tracev3: unreadable: {no_end}: it sent 4294967295 bytes at once\n"),
    );
    for wrong in
        [json!("rubbish"), ready(), json!({"want": {"path": "ps.txt"}}), json!({"met": [{"what": "user"}]})]
    {
        check(
            says(&[ready(), wrong]),
            &format!("= /1.tracev3: unreadable: {no_end}: it sent what is none of its words\n"),
        );
    }
    check(
        says(&[json!({"unable": "no filter"})]),
        "= /1.tracev3: unreadable: the process that would read it could not be shut in: no filter\n",
    );
    check(
        Vec::new(),
        "= /1.tracev3: unreadable: the process that would read it did not begin: it was ended\n",
    );
}

#[test]
fn nothing_is_taken_without_bounds() {
    let entries: Vec<Value> = (0..100_001).map(|it| entry(&format!("https://h{it}.example"))).collect();
    let mut words = vec![ready()];
    words.extend(entries);
    let logs = [("1.tracev3", b"x".to_vec())];
    let got = told(&mut archive(&logs, &[]), Some(&mut Scripts(vec![says(&words)])));
    assert!(
        got.ends_with("it told more entries than are taken of one file\n"),
        "{}",
        &got[got.len() - 200..]
    );
    assert_eq!(got.lines().count(), 100_001);

    let met = |number: u32| json!({"what": "library", "name": format!("/l{number}"), "count": u64::MAX, "first": null, "last": i64::MAX});
    let mut words = vec![ready()];
    words.extend((0..600).map(|it| json!({"met": (it * 100..it * 100 + 100).map(met).collect::<Vec<_>>()})));
    words.push(json!({"met": [met(0)]}));
    words.push(json!("done"));
    let got = told(&mut archive(&logs, &[]), Some(&mut Scripts(vec![says(&words)])));
    assert!(got.ends_with("are told of one file; 9999 more like it\n"), "{}", &got[got.len() - 200..]);

    let lost: Vec<Value> =
        std::iter::once(ready()).chain(std::iter::repeat_n(json!({"lost": "x"}), 1_000_001)).collect();
    let got = told(&mut archive(&logs, &[]), Some(&mut Scripts(vec![says(&lost)])));
    assert!(got.contains("it named more faults than are counted; x; 1000000 more like it"), "{got}");

    let wants: Vec<Value> =
        std::iter::once(ready()).chain(std::iter::repeat_n(json!({"want": {"times": 0}}), 50_001)).collect();
    let got = told(&mut archive(&logs, &[]), Some(&mut Scripts(vec![says(&wants)])));
    assert!(got.contains("it asked for too much"), "{got}");
}
