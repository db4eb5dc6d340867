//! What is told of logs that are whole, and of those that are not.

use crate::writer::{chunk, header, line, log, set_of};
use crate::{Threads, archive, told};

const BH: &str = "/private/var/db/com.apple.xpc.roleaccountd.staging/bh";
const NET: &str = "/usr/libexec/networkd";

#[track_caller]
fn check(logs: &[(&str, Vec<u8>)], want: &str) {
    let mut threads = Threads::default();
    let got = told(&mut archive(logs, &[BH, NET]), Some(&mut threads));
    assert_eq!(got, want);
    assert_eq!(threads.started, 1);
}

#[test]
fn programs_are_told_once_and_messages_that_name_something() {
    let first = log(&[
        &[
            line(60, BH, "", "hello"),
            line(61, NET, "com.apple.network", "open https://c2.bad.example/x?y"),
            line(62, NET, "com.apple.network", "again https://c2.bad.example/x?y"),
        ],
        &[line(90, BH, "", "unpacked /private/var/tmp/kit"), line(91, NET, "", "C1 c2.example.org:443")],
    ]);
    let second =
        log(&[&[line(200, NET, "", "https://c2.bad.example/x?y"), line(201, NET, "", "203.0.113.9")]]);
    check(
        &[("Persist/1.tracev3", first), ("Special/2.tracev3", second), ("Persist/._1.tracev3", vec![1, 2])],
        "entry 2 | written 61 | /usr/libexec/networkd; for com.apple.network; open https://c2.bad.example/x?y | \
         url:value=https://c2.bad.example/x?y domain-name:value=c2.bad.example\n\
         entry 4 | written 90 | /private/var/db/com.apple.xpc.roleaccountd.staging/bh; unpacked /private/var/tmp/kit | \
         process:name=kit file:path=/private/var/tmp/kit file:name=kit !staging-program\n\
         entry 5 | written 91 | /usr/libexec/networkd; C1 c2.example.org:443 | domain-name:value=c2.example.org\n\
         program /private/var/db/com.apple.xpc.roleaccountd.staging/bh | first written 60 last written 90 | \
         wrote 2 entries | process:name=bh file:path=/private/var/db/com.apple.xpc.roleaccountd.staging/bh \
         file:name=bh !staging-program\n\
         program /usr/libexec/networkd | first written 61 last written 91 | wrote 3 entries | \
         process:name=networkd file:path=/usr/libexec/networkd file:name=networkd\n\
         subsystem com.apple.network | first written 61 last written 62 | wrote 2 entries | \
         app:id=com.apple.network\n\
         entry 2 | written 201 | /usr/libexec/networkd; 203.0.113.9 | ipv4-addr:value=203.0.113.9\n\
         program /usr/libexec/networkd | first written 200 last written 201 | wrote 2 entries | \
         process:name=networkd file:path=/usr/libexec/networkd file:name=networkd\n\
         = /Persist/1.tracev3: present 6\n\
         = /Special/2.tracev3: present 2\n",
    );
}

#[test]
fn damage_costs_a_part_and_is_told() {
    let one = [line(60, NET, "", "hello")];
    let whole = log(&[&one, &one]);
    let program = |count: u8| {
        format!(
            "program /usr/libexec/networkd | first written 60 last written 60 | wrote {} | \
             process:name=networkd file:path=/usr/libexec/networkd file:name=networkd\n",
            if count == 1 { "an entry" } else { "2 entries" }
        )
    };
    let cut = whole[..whole.len() - 9].to_vec();
    let (at, of) = (cut.len(), whole.len());
    let last = of - (whole.len() - header().len()) / 2;
    assert!(last < at);
    let start = told(&mut archive(&[("1.tracev3", cut)], &[NET]), Some(&mut Threads::default()));
    assert!(start.starts_with(&program(1)), "{start}");
    assert!(start.contains("= /1.tracev3: partial 1 of None: it breaks off at byte"), "{start}");
    check(&[("1.tracev3", whole)], &(program(2) + "= /1.tracev3: present 1\n"));
    check(&[("1.tracev3", Vec::new())], "= /1.tracev3: unreadable: it is empty\n");
    check(
        &[("1.tracev3", b"not a log, but text".to_vec())],
        "= /1.tracev3: unreadable: it breaks off at byte 0 of 19\n",
    );
    check(&[("1.tracev3", chunk(0x600b, b"x"))], "= /1.tracev3: unreadable: it has no header\n");
}

#[test]
fn what_the_library_cannot_read_is_told() {
    let one = [line(60, NET, "", "hello")];
    // A catalogue whose places lead backwards, between two that are whole.
    let wrong = chunk(0x600b, &[[0x20, 0, 0, 0], [0; 4], [0; 4], [0; 4], [0; 4], [0; 4]].concat());
    let set = chunk(0x600d, &set_of(9, &[0xff, 0xff]));
    let whole = log(&[&one]);
    let log = [whole.clone(), wrong, set, whole[header().len()..].to_vec()].concat();
    let got = told(&mut archive(&[("1.tracev3", log)], &[NET]), Some(&mut Threads::default()));
    assert!(got.contains("wrote 2 entries"), "{got}");
    assert!(got.contains("= /1.tracev3: partial 1 of None: the "), "{got}");
}

#[test]
fn without_a_process_nothing_is_read() {
    let log = log(&[&[line(60, NET, "", "hello")]]);
    let got = told(&mut archive(&[("1.tracev3", log)], &[NET]), None);
    assert!(got.starts_with("= none: unreadable: 1 files of the unified log (tracev3) are there"), "{got}");
    assert_eq!(told(&mut archive(&[], &[NET]), None), "= none: Absent\n");
}

#[test]
fn programs_without_strings_and_times_are_counted() {
    let log = log(&[&[line(60, NET, "", "hello"), line(61, BH, "", "x")]]);
    let mut held = vigie_phone::Held::new(vigie_phone::Kind::IosDump)
        .with("private/var/db/diagnostics/Persist/1.tracev3", &log);
    assert_eq!(
        told(&mut held, Some(&mut Threads::default())),
        "programs without a name |  | wrote 2 entries | \n= private/var/db/diagnostics/Persist/1.tracev3: present 1\n"
    );
}
