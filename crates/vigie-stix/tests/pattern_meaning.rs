//! What patterns mean: a table for each clause of section 9, and for each point of [`Semantics`].

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as its body does")]

use vigie_stix::json::{self, Value};
use vigie_stix::pattern::{
    Addresses, BadObservation, Compiled, Count, Edition, EvalLimits, Lines, Malformed, NegatedAny,
    NegatedOrder, NotExists, Observation, ObservationTime, ParseOptions, Pattern, Semantics, Within,
    edition_of,
};

/// Objects of one observation, or, where there is an array, of several.
fn observe(text: &str, semantics: &Semantics, pattern: &str) -> String {
    let options = ParseOptions { forgiving: true, ..ParseOptions::default() };
    let pattern = Pattern::parse_with(pattern, &options).unwrap();
    let compiled = match Compiled::new(&pattern, *semantics) {
        Ok(compiled) => compiled,
        Err(error) => return format!("! {error}"),
    };
    let document = json::parse(text).unwrap();
    let observations = match document {
        Value::Array(documents) => {
            let documents: &[Value<'_>] = Box::leak(documents.into_boxed_slice());
            Observation::from_documents(documents).unwrap()
        }
        Value::Object(objects) => {
            let time = "2020-01-01T00:00:00Z".parse().unwrap();
            let objects = objects.iter().map(|(id, it)| (id.to_owned(), it.as_object().unwrap().clone()));
            vec![Observation::from_objects(&time, objects)]
        }
        other => panic!("{other:?}"),
    };
    match compiled.matches(&observations) {
        Ok(verdict) => verdict.to_string(),
        Err(error) => format!("! {error}"),
    }
}

#[track_caller]
fn check(objects: &str, pattern: &str, want: bool) {
    assert_eq!(observe(objects, &Semantics::default(), pattern), want.to_string(), "{pattern}");
}

#[track_caller]
fn check_under(semantics: Semantics, objects: &str, pattern: &str, want: &str) {
    assert_eq!(observe(objects, &semantics, pattern), want, "{pattern} under {semantics:?}");
}

const FILE: &str = r#"{ "0": {
    "type": "file", "name": "foo.dll", "size": 25536, "ratio": 1.5, "is_x": true, "created": "2014-01-13T07:03:17.000Z",
    "hashes": { "SHA-256": "aec0" }, "magic_number_hex": "ffd8", "payload_bin": "dGhpcyBpcyBhIHRlc3Q=",
    "list": ["tcp", "http"], "nothing": [], "ninth": null
} }"#;

#[test]
fn operators_of_9_6_1() {
    check(FILE, "[file:name = 'foo.dll']", true);
    check(FILE, "[file:name = 'FOO.DLL']", false);
    check(FILE, "[file:name != 'bar.dll']", true);
    check(FILE, "[file:name NOT != 'bar.dll']", false);
    check(
        FILE,
        "[file:size > 256 AND file:size >= 25536 AND file:size <= 25536 AND file:size < 30000]",
        true,
    );
    check(FILE, "[file:size NOT > 256]", false);
    check(FILE, "[file:size IN (1, 25536)]", true);
    check(FILE, "[file:size IN ()]", false);
    check(FILE, "[file:size NOT IN ()]", true);
    check(FILE, "[file:is_x = true]", true);
    check(FILE, "[EXISTS file:size AND EXISTS file:nothing]", true);
    check(FILE, "[EXISTS file:hashes.MD5]", false);
    check(FILE, "[file:hashes.'SHA-256' = 'aec0' OR file:hashes.MD5 = 'x']", true);
}

#[test]
fn types_of_9_2_and_9_6_1() {
    check(FILE, "[file:size = 25536.0]", true);
    check(FILE, "[file:ratio = 1]", false);
    check(FILE, "[file:ratio > 1 AND file:ratio < 2]", true);
    for constant in ["'25536'", "true", "h'ff'", "t'2014-01-13T07:03:17Z'"] {
        check(FILE, &format!("[file:size = {constant}]"), false);
        check(FILE, &format!("[file:size != {constant}]"), true);
        check(FILE, &format!("[file:size NOT = {constant}]"), true);
    }
    check(FILE, "[file:size < 'z']", false);
    check(FILE, "[file:is_x = 1]", false);
    check(FILE, "[file:size LIKE '%' OR file:size MATCHES '']", false);
    check(FILE, "[file:size NOT LIKE '%']", true);
    check(FILE, "[file:hashes = 'aec0']", false);
    check(FILE, "[file:hashes != 'aec0']", true);
    check(FILE, "[file:created = t'2014-01-13T07:03:17Z']", true);
    check(FILE, "[file:created < t'2014-01-13T07:03:17.000000001Z']", true);
    check(FILE, "[file:created IN (t'2014-01-13T07:03:17Z')]", true);
    check(FILE, "[file:name = t'2014-01-13T07:03:17Z']", false);
}

#[test]
fn what_is_absent_is_false_whatever_the_operator_9_6() {
    for test in
        ["= 1", "!= 1", "NOT = 1", "NOT != 1", "NOT IN (1)", "NOT LIKE 'x'", "NOT MATCHES 'x'", "NOT < 1"]
    {
        for path in
            ["absent", "hashes.MD5", "list[2]", "name.part", "name[0]", "nothing[*]", "ninth", "x_ref.name"]
        {
            check(FILE, &format!("[file:{path} {test}]"), false);
        }
        check(FILE, &format!("[process:name {test}]"), false);
    }
}

#[test]
fn strings_of_9_6_2() {
    let text = "{\"0\": {\"type\": \"a\", \"p\": \"o\u{300}\", \"q\": \"\u{f2}\", \"r\": \"x\\ny\"}}";
    check(text, "[a:p > 'oz' AND a:p < 'z' AND a:q > 'z']", true);
    check(text, "[a:p = 'ò']", false);
    check(text, "[a:p LIKE 'ò' AND a:p LIKE 'o\u{300}' AND a:p LIKE '_' AND a:q LIKE 'o\u{300}']", true);
    check(text, "[a:p MATCHES '^.$' AND a:q MATCHES '^o\u{300}$']", true);
    check(text, "[a:r LIKE 'x%y' AND a:r LIKE 'x_y' AND a:r MATCHES 'x.y']", true);
    check(text, "[a:r LIKE 'x']", false);
    check(text, "[a:r MATCHES 'x']", true);
}

#[test]
fn octets_of_9_6_3_and_9_6_4() {
    check(FILE, "[file:payload_bin = 'dGhpcyBpcyBhIHRlc3Q=']", false);
    check(FILE, "[file:payload_bin = 'this is a test']", true);
    check(FILE, "[file:payload_bin = b'dGhpcyBpcyBhIHRlc3Q=']", true);
    check(FILE, "[file:payload_bin = h'7468697320697320612074657374']", true);
    check(FILE, "[file:payload_bin > h'74' AND file:payload_bin < h'75']", true);
    check(FILE, "[file:payload_bin = 'ă' OR file:payload_bin < 'ă' OR file:payload_bin LIKE '%ă%']", false);
    check(FILE, "[file:payload_bin != 'ă']", true);
    check(FILE, "[file:payload_bin LIKE 'this%' AND file:payload_bin IN ('this is a test')]", true);
    check(FILE, "[file:magic_number_hex = h'ffd8' AND file:magic_number_hex = 'ÿØ']", true);
    check(FILE, r"[file:magic_number_hex MATCHES '^\\xff.$']", true);
    check(FILE, "[file:name = b'Zm9vLmRsbA==']", true);
    check(
        r#"{"0": {"type": "a", "p_hex": "fff", "q_bin": "!"}}"#,
        "[a:p_hex = 'fff' OR a:q_bin = '!']",
        false,
    );
    check(
        r#"{"0": {"type": "a", "p_hex": "fff", "q_bin": "!"}}"#,
        "[a:p_hex != 'fff' AND EXISTS a:q_bin]",
        true,
    );
}

#[test]
fn sets_of_addresses_9_6_1() {
    let objects = r#"{"0": {"type": "ipv4-addr", "value": "198.51.100.0/27"}, "1": {"type": "domain-name", "value": "a.b"}}"#;
    check(objects, "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", true);
    check(
        objects,
        "[ipv4-addr:value ISSUBSET '198.51.100.0/27' AND ipv4-addr:value ISSUPERSET '198.51.100.9/27']",
        true,
    );
    check(objects, "[ipv4-addr:value ISSUPERSET '198.51.100.31']", true);
    check(objects, "[ipv4-addr:value ISSUPERSET '198.51.100.0/24']", false);
    check(objects, "[ipv4-addr:value ISSUBSET '2001:db8::/32']", false);
    check(objects, "[domain-name:value ISSUBSET '0.0.0.0/0']", false);
    check(objects, "[domain-name:value NOT ISSUBSET '0.0.0.0/0']", true);
}

#[test]
fn lists_of_9_7_2() {
    check(FILE, "[file:list[0] = 'tcp' AND file:list[1] = 'http' AND file:list[*] = 'http']", true);
    check(FILE, "[file:list = 'tcp' OR file:list[*] = 'udp']", false);
    check(FILE, "[file:list[*] != 'tcp' AND file:list[*] NOT = 'tcp']", true);
    check(FILE, "[file:hashes[*] = 'aec0']", false);
    check(r#"{"0": {"type": "a", "m": [[1, 2], [3]]}}"#, "[a:m[*][*] = 3 AND a:m[0][1] = 2]", true);
}

const TRAFFIC: &str = r#"{
    "0": { "type": "network-traffic", "src_ref": "1" },
    "1": { "type": "ipv4-addr", "value": "203.0.113.10" },
    "2": { "type": "network-traffic", "dst_ref": "3" },
    "3": { "type": "ipv4-addr", "value": "198.51.100.58", "belongs_to_refs": ["4", "9"] },
    "4": { "type": "autonomous-system", "number": 64500 }
}"#;

#[test]
fn comparisons_start_from_the_same_object_9_5() {
    let src = "network-traffic:src_ref.value = '203.0.113.10'";
    let dst = "network-traffic:dst_ref.value = '198.51.100.58'";
    check(TRAFFIC, &format!("[{src}]"), true);
    check(TRAFFIC, &format!("[{src} AND {dst}]"), false);
    check(TRAFFIC, &format!("[{src} OR {dst}]"), true);
    check(TRAFFIC, "[url:value = 'x' OR ipv4-addr:value = '203.0.113.10']", true);
    check(
        TRAFFIC,
        "[network-traffic:src_ref.value = '203.0.113.10' AND ipv4-addr:value = '203.0.113.10']",
        false,
    );
}

#[test]
fn references_of_9_7_4() {
    check(TRAFFIC, "[network-traffic:dst_ref.type = 'ipv4-addr']", true);
    check(TRAFFIC, "[network-traffic:dst_ref.belongs_to_refs[0].number = 64500]", true);
    check(TRAFFIC, "[network-traffic:dst_ref.belongs_to_refs[*].number = 64500]", true);
    check(TRAFFIC, "[network-traffic:dst_ref.belongs_to_refs[1].number NOT = 1]", false);
    check(TRAFFIC, "[network-traffic:dst_ref = '3']", true);
    check(TRAFFIC, "[ipv4-addr:belongs_to_refs[1] = '9']", true);
    let circle = r#"{"0": {"type": "a", "n": 0, "x_refs": ["0", "1", "2"]}, "1": {"type": "a", "n": 1, "x_refs": ["0", "1", "2"]},
        "2": {"type": "a", "n": 2, "x_refs": ["0", "1", "2"]}}"#;
    check(circle, &format!("[a:{}n = 2]", "x_refs[*].".repeat(5_000)), true);
    check(circle, &format!("[a:{}n = 3]", "x_refs[*].".repeat(5_000)), false);
}

/// Kind, first and last second, number; one observed-data object for each.
fn seen(list: &[(&str, u8, u8, u64)]) -> String {
    let observed = list.iter().map(|(kind, first, last, number)| {
        format!(
            r#"{{"type": "observed-data", "first_observed": "2020-01-01T00:00:{first:02}Z",
                "last_observed": "2020-01-01T00:00:{last:02}Z", "number_observed": {number},
                "objects": {{"0": {{"type": "o", "k": "{kind}"}}}}}}"#
        )
    });
    format!("[{}]", observed.collect::<Vec<_>>().join(","))
}

#[test]
fn operands_need_observations_of_their_own_9_5_2() {
    let ab = &seen(&[("a", 1, 1, 1), ("b", 3, 3, 1)]);
    check(ab, "[o:k = 'a'] AND [o:k = 'b']", true);
    check(ab, "[o:k = 'a'] AND [o:k = 'a']", false);
    check(ab, "[o:k = 'a'] AND [o:k = 'b'] AND [o:k LIKE '%']", false);
    check(ab, "[o:k LIKE '%'] AND [o:k = 'a']", true);
    check(ab, "[o:k = 'x'] OR [o:k = 'b']", true);
    check(ab, "([o:k = 'a'] OR [o:k = 'x']) AND ([o:k = 'a'] OR [o:k = 'y'])", false);
    check(ab, "[o:k = 'a'] FOLLOWEDBY [o:k = 'b']", true);
    check(ab, "[o:k = 'b'] FOLLOWEDBY [o:k = 'a']", false);
    let tie = &seen(&[("a", 1, 1, 1), ("b", 1, 1, 1)]);
    check(tie, "([o:k = 'a'] FOLLOWEDBY [o:k = 'b']) AND [o:k = 'c']", false);
    check(tie, "[o:k = 'b'] FOLLOWEDBY [o:k = 'a']", true);
    let order = &seen(&[("c", 5, 5, 1), ("a", 1, 1, 1), ("b", 3, 3, 1)]);
    check(order, "[o:k = 'a'] FOLLOWEDBY [o:k = 'b'] FOLLOWEDBY [o:k = 'c']", true);
    check(order, "[o:k = 'a'] FOLLOWEDBY ([o:k = 'c'] FOLLOWEDBY [o:k = 'b'])", false);
}

#[test]
fn qualifiers_of_9_5_1() {
    let list = &seen(&[("a", 1, 1, 1), ("b", 3, 3, 1), ("b", 6, 6, 1), ("a", 7, 7, 1)]);
    check(list, "[o:k = 'b'] REPEATS 2 TIMES", true);
    check(list, "[o:k = 'b'] REPEATS 3 TIMES", false);
    check(list, "[o:k = 'a'] FOLLOWEDBY [o:k = 'b'] REPEATS 2 TIMES", true);
    check(list, "([o:k = 'a'] FOLLOWEDBY [o:k = 'b']) REPEATS 2 TIMES", false);
    check(list, "([o:k = 'a'] AND [o:k = 'b']) REPEATS 2 TIMES", true);
    check(list, "([o:k = 'a'] AND [o:k = 'b']) WITHIN 2.5 SECONDS REPEATS 2 TIMES", true);
    check(list, "([o:k = 'a'] AND [o:k = 'b']) WITHIN 2 SECONDS REPEATS 2 TIMES", false);
    check(list, "[o:k = 'b'] REPEATS 2 TIMES WITHIN 3 SECONDS", false);
    check(list, "[o:k = 'b'] REPEATS 2 TIMES WITHIN 3.000000001 SECONDS", true);
    check(list, "[o:k = 'b'] WITHIN 0.1 SECONDS", true);
    let window = |start: u8, stop: u8| {
        format!("START t'2020-01-01T00:00:{start:02}Z' STOP t'2020-01-01T00:00:{stop:02}Z'")
    };
    check(list, &format!("[o:k = 'b'] {}", window(3, 4)), true);
    check(list, &format!("[o:k = 'b'] {}", window(4, 6)), false);
    check(list, &format!("[o:k = 'b'] {} REPEATS 2 TIMES", window(3, 6)), false);
    check(list, &format!("([o:k = 'a'] AND [o:k = 'b']) {}", window(6, 8)), true);
    check(&seen(&[("a", 1, 9, 1)]), &format!("[o:k = 'a'] {}", window(5, 4)), false);
}

#[test]
fn errors_count_only_where_the_verdict_depends_on_them() {
    let objects = r#"{"0": {"type": "a", "bad": "2010-05-21T13:21:99Z", "good": 1, "long": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}}"#;
    let bad = "a:bad = t'2010-05-21T13:21:09Z'";
    let error = "! `a:bad` holds `2010-05-21T13:21:99Z`, which is no timestamp";
    let default = Semantics::default();
    check_under(default, objects, &format!("[{bad}]"), error);
    check_under(default, objects, &format!("[{bad} OR a:good = 1]"), "true");
    check_under(default, objects, &format!("[{bad} AND a:good = 2]"), "false");
    check_under(default, objects, &format!("[{bad} AND a:good = 1]"), error);
    check_under(default, objects, &format!("[{bad}] OR [a:good = 1]"), "true");
    check_under(default, objects, &format!("[{bad}] AND [a:good = 1]"), "false");
    let runaway = "[a:long MATCHES '(?=a)(a+)+$']";
    let limits = EvalLimits { regex_steps: 1000, ..EvalLimits::default() };
    let error = "! `a:long`: the regular expression could not be evaluated: PCRE2: error matching: match limit exceeded";
    check_under(Semantics { limits, ..default }, objects, runaway, error);
    let limits = EvalLimits { like_steps: 10, ..EvalLimits::default() };
    check_under(
        Semantics { limits, ..default },
        objects,
        "[a:long LIKE '%aab']",
        "! `a:long`: LIKE took more than 10 steps",
    );
    check_under(
        default,
        objects,
        "[a:long MATCHES '(a']",
        "! `a:long`: cannot compile the regular expression `(a`: PCRE2: error compiling pattern at offset 2: \
         missing closing parenthesis",
    );
    check_under(default, objects, "[a:b ISSUBSET 'x']", "! `a:b`: `x` is neither an address nor a network");
}

#[test]
fn points_that_are_contested() {
    let default = Semantics::default();
    let pair = &seen(&[("a", 1, 1, 1), ("b", 3, 3, 1)]);
    let within = "([o:k = 'a'] AND [o:k = 'b']) WITHIN 2 SECONDS";
    check_under(default, pair, within, "false");
    check_under(Semantics { within: Within::Closed, ..default }, pair, within, "true");

    let long = &seen(&[("a", 1, 5, 1), ("b", 3, 3, 1)]);
    let order = "[o:k = 'b'] FOLLOWEDBY [o:k = 'a']";
    check_under(default, long, order, "true");
    check_under(Semantics { time: ObservationTime::First, ..default }, long, order, "false");

    let twice = &seen(&[("a", 1, 1, 2)]);
    let repeats = "[o:k = 'a'] REPEATS 2 TIMES";
    check_under(default, twice, repeats, "true");
    check_under(Semantics { count: Count::One, ..default }, twice, repeats, "false");

    check_under(default, FILE, "[NOT EXISTS file:absent]", "true");
    check_under(default, FILE, "[NOT EXISTS file:name]", "false");
    check_under(default, FILE, "[NOT EXISTS process:name]", "false");
    for (not_exists, absent, present) in
        [(NotExists::Never, "false", "false"), (NotExists::Overlooked, "false", "true")]
    {
        check_under(Semantics { not_exists, ..default }, FILE, "[NOT EXISTS file:absent]", absent);
        check_under(Semantics { not_exists, ..default }, FILE, "[NOT EXISTS file:name]", present);
    }

    let some = "[file:list[*] NOT = 'tcp']";
    check_under(default, FILE, some, "true");
    check_under(Semantics { negated_any: NegatedAny::NoItem, ..default }, FILE, some, "false");
    let none = "[file:list[*] NOT = 'udp']";
    check_under(Semantics { negated_any: NegatedAny::NoItem, ..default }, FILE, none, "true");
    let empty = "[file:nothing[*] NOT = 'udp']";
    check_under(Semantics { negated_any: NegatedAny::NoItem, ..default }, FILE, empty, "false");

    check_under(default, FILE, "[file:size NOT < 'z']", "true");
    check_under(
        Semantics { negated_order: NegatedOrder::False, ..default },
        FILE,
        "[file:size NOT < 'z']",
        "false",
    );

    let address = r#"{"0": {"type": "ipv4-addr", "value": "198.51.100.1"}, "1": {"type": "ipv6-addr", "value": "2001:db8::1"}}"#;
    let canonical = Semantics { addresses: Addresses::Canonical, ..default };
    for pattern in [
        "[ipv4-addr:value = '198.51.100.1/32']",
        "[ipv6-addr:value IN ('2001:0db8:0:0:0:0:0:1')]",
        "[ipv4-addr:value NOT != '198.51.100.1/32']",
    ] {
        check_under(default, address, pattern, "false");
        check_under(canonical, address, pattern, "true");
    }
    check_under(canonical, address, "[ipv4-addr:value = '198.51.100.2']", "false");

    let broken = r#"{"0": {"type": "a", "bad": "2010/05/21"}}"#;
    let compared = "[a:bad = t'2010-05-21T13:21:09Z']";
    check_under(Semantics { malformed: Malformed::NoMatch, ..default }, broken, compared, "false");

    let lines = r#"{"0": {"type": "a", "p": "x\ny"}}"#;
    for pattern in ["[a:p LIKE 'x%y']", "[a:p MATCHES 'x.y']"] {
        check_under(default, lines, pattern, "true");
        check_under(Semantics { lines: Lines::Stop, ..default }, lines, pattern, "false");
    }
}

#[test]
fn many_observations_are_searched_in_little_time() {
    let many: Vec<(&str, u8, u8, u64)> =
        (0..60_u8).cycle().take(2_000).map(|second| ("a", second, second, 1)).collect();
    let many = &seen(&many);
    let chain = vec!["[o:k = 'a']"; 300].join(" AND ");
    check(many, &chain, true);
    check(many, "[o:k = 'a'] REPEATS 2000 TIMES", true);
    check(many, "[o:k = 'a'] REPEATS 2001 TIMES", false);
    check(many, "[o:k = 'a'] REPEATS 9223372036854775807 TIMES", false);
    check(many, "([o:k = 'a'] OR [o:k = 'b']) REPEATS 2000 TIMES WITHIN 60 SECONDS", true);
    check(many, "([o:k = 'a'] FOLLOWEDBY [o:k = 'b']) WITHIN 5 SECONDS", false);
    check(many, "[o:k = 'a'] REPEATS 34 TIMES WITHIN 1 SECONDS", true);
    check(many, "[o:k = 'a'] REPEATS 35 TIMES WITHIN 1 SECONDS", false);
    let number = &seen(&[("a", 1, 1, 999_999_999), ("b", 2, 2, 1)]);
    check(number, "([o:k = 'a'] AND [o:k = 'a']) REPEATS 400000000 TIMES", true);
    check(number, "([o:k = 'a'] AND [o:k = 'b']) REPEATS 2 TIMES", false);
    let limits = EvalLimits { search_steps: 10_000, ..EvalLimits::default() };
    let costly = "([o:k = 'a'] AND [o:k = 'a']) WITHIN 1 SECONDS REPEATS 900 TIMES";
    let error = "! the search for distinct observations took more than 10000 steps";
    check_under(Semantics { limits, ..Semantics::default() }, many, costly, error);
}

#[test]
fn what_is_compiled_can_be_shared_between_threads() {
    fn check<T: Send + Sync>(_: &T) {}
    check(&Compiled::new(&Pattern::parse("[a:b MATCHES 'c']").unwrap(), Semantics::default()).unwrap());
}

#[test]
fn a_proof_names_observations_objects_and_values() {
    let list = seen(&[("b", 1, 1, 1), ("a", 2, 2, 3), ("a", 4, 4, 1)]);
    let Value::Array(documents) = json::parse(&list).unwrap() else { panic!("a list") };
    let observations = Observation::from_documents(&documents).unwrap();
    let prove = |text: &str| {
        let compiled = Compiled::new(&Pattern::parse(text).unwrap(), Semantics::default()).unwrap();
        compiled.prove(&observations).unwrap()
    };
    let proof =
        prove("[o:k = 'b' AND (o:k != 'z' OR o:k = 'y')] FOLLOWEDBY [o:k IN ('a')] REPEATS 4 TIMES").unwrap();
    let mut lines: Vec<String> = Vec::new();
    for binding in proof.bindings {
        let matched = binding
            .matched
            .iter()
            .map(|it| format!("{}={}", it.path, serde_json::to_string(&it.value).unwrap()));
        let matched: Vec<String> = matched.collect();
        let (expression, observation) = (binding.expression, binding.observation);
        lines.push(format!(
            "[{expression}] {observation} x{} {}: {}",
            binding.times,
            binding.object,
            matched.join(" ")
        ));
    }
    lines.sort();
    assert_eq!(lines, ["[0] 0 x1 0: o:k=\"b\" o:k=\"b\"", "[1] 1 x3 0: o:k=\"a\"", "[1] 2 x1 0: o:k=\"a\""]);
    assert_eq!(prove("[o:k = 'c']"), None);
    let absent = prove("[NOT EXISTS o:x]").unwrap();
    assert_eq!(absent.bindings[0].matched[0].value, None);
}

#[test]
fn documents_become_observations() {
    #[track_caller]
    fn check(text: &str, want: Result<&[&str], &str>) {
        let Value::Array(documents) = json::parse(text).unwrap() else { panic!("a list") };
        let got = Observation::from_documents(&documents).map_err(|error: BadObservation| error.to_string());
        let told = |it: &Observation<'_>| {
            let ids: Vec<&str> = it.objects().map(|(id, _)| id).collect();
            format!("{} x{} {}", it.id().unwrap_or("-"), it.number(), ids.join(" "))
        };
        let got = got.map(|it| it.iter().map(told).collect::<Vec<_>>());
        assert_eq!(got, want.map(|it| it.iter().map(ToString::to_string).collect()).map_err(str::to_owned));
    }
    let times = r#""first_observed": "2020-01-01T00:00:00Z", "last_observed": "2020-01-01T00:00:00Z", "number_observed": 2"#;
    // Objects may stand in another bundle, domain objects are no observables, and what is missing is missing.
    let refs = r#""object_refs": ["url--1", "file--2", "indicator--3", "file--9", "url--1"]"#;
    let first = format!(
        r#"{{"type": "bundle", "objects": [{{"type": "observed-data", "id": "o1", {times}, {refs}}}]}}"#
    );
    let second = r#"{"type": "bundle", "objects": [{"type": "url", "id": "url--1"}, {"type": "file", "id": "file--2"},
        {"type": "indicator", "id": "indicator--3"}, {"type": "mutex", "id": "mutex--4"}]}"#;
    check(&format!("[{first}, {second}]"), Ok(&["o1 x2 file--2 url--1"]));
    check(
        &format!(r#"[{{"type": "observed-data", {times}, "objects": {{"0": {{"type": "x"}}}}}}]"#),
        Ok(&["- x2 0"]),
    );
    check(r#"[{"type": "bundle", "objects": []}]"#, Ok(&[]));
    check("[5]", Err("document 0: expected a bundle or an observed-data object, found an integer"));
    check(
        r#"[{"type": "url"}]"#,
        Err("document 0: expected a bundle or an observed-data object, found `url`"),
    );
    let bad = |properties: &str| {
        format!(
            r#"[{{"type": "bundle", "objects": [{{"type": "observed-data", "id": "o", {properties}}}]}}]"#
        )
    };
    check(&bad(r#""object_refs": []"#), Err("`o`: `first_observed` must be a timestamp"));
    check(&bad(times), Err("`o`: `object_refs` must be present, or `objects`"));
    check(&bad(&times.replace(": 2", ": 0")), Err("`o`: `number_observed` must be a whole number above 0"));
    let backwards = times.replacen("2020", "2021", 1);
    check(&bad(&backwards), Err("`o`: `last_observed` is before `first_observed`"));
    let edition = |text: &str| edition_of(std::slice::from_ref(&json::parse(text).unwrap()));
    assert_eq!(edition(&first), Edition::V21);
    assert_eq!(edition(r#"{"type": "observed-data", "objects": {}}"#), Edition::V20);
    assert_eq!(
        edition(r#"{"type": "bundle", "objects": [{"type": "observed-data", "objects": {}}]}"#),
        Edition::V20
    );
    assert_eq!(edition(r#"{"type": "observed-data", "objects": {}, "object_refs": []}"#), Edition::V21);
}
