//! The grammar of patterns: what is read, how it prints, and what an error says.

use vigie_stix::pattern::{Edition, Level, ParseLimits, ParseOptions, Pattern, Problem};

/// Reads the text and prints it; what is printed must read the same. An error starts with `!`.
#[track_caller]
fn check(text: &str, want: &str) {
    check_with(text, &ParseOptions::default(), want);
}

#[track_caller]
fn check_v20(text: &str, want: &str) {
    check_with(text, &ParseOptions { edition: Edition::V20, ..ParseOptions::default() }, want);
}

#[track_caller]
fn check_forgiving(text: &str, want: &str) {
    check_with(text, &ParseOptions { forgiving: true, ..ParseOptions::default() }, want);
}

#[track_caller]
fn check_with(text: &str, options: &ParseOptions, want: &str) {
    let got = match Pattern::parse_with(text, options) {
        Ok(pattern) => {
            let printed = pattern.to_string();
            let again =
                Pattern::parse_with(&printed, &ParseOptions { forgiving: true, ..ParseOptions::default() });
            assert_eq!(again.as_ref(), Ok(&pattern), "{printed} reads differently");
            printed
        }
        Err(error) => format!("! {error}"),
    };
    assert_eq!(got, want, "{text}");
}

#[test]
fn comparisons_of_9_6_1() {
    check("[file:name='foo.dll']", "[file:name = 'foo.dll']");
    check("[file:size != 4112]", "[file:size != 4112]");
    check("[file:size NOT >= 33312]", "[file:size NOT >= 33312]");
    check("[file:size == 1 OR file:size <> 2]", "[file:size = 1 OR file:size != 2]");
    check("[process:name NOT IN('a','b')]", "[process:name NOT IN ('a', 'b')]");
    check("[process:name IN ()]", "[process:name IN ()]");
    check(r"[directory:path LIKE 'C:\\Windows\\%\\foo']", r"[directory:path LIKE 'C:\\Windows\\%\\foo']");
    check(
        "[ipv4-addr:value NOT ISSUBSET '198.51.100.0/24']",
        "[ipv4-addr:value NOT ISSUBSET '198.51.100.0/24']",
    );
    check("[EXISTS windows-registry-key:values]", "[EXISTS windows-registry-key:values]");
    check("[NOT EXISTS file:name AND file:size=1]", "[NOT EXISTS file:name AND file:size = 1]");
    check("[file:name IN ('a', 1)]", "! line 1, column 21: the constants of a set must be of one kind");
    check("[a:b IN (11.1, 12)]", "[a:b IN (11.1, 12)]");
    check("[a:b = null]", "! line 1, column 8: expected a constant, found `null`");
    check(
        "[NOT a:b = 1]",
        "! line 1, column 6: expected `EXISTS`; `NOT` otherwise stands after the path, found `a`",
    );
}

#[test]
fn constants_of_9_2() {
    check("[a:b = -5]", "[a:b = -5]");
    check("[a:b = .5 OR a:b = -0.5 OR a:b = 7.0]", "[a:b = 0.5 OR a:b = -0.5 OR a:b = 7.0]");
    check("[a:b = 12345678901234567890.5]", "[a:b = 12345678901234567168.0]");
    check("[a:b = true AND a:c = false]", "[a:b = true AND a:c = false]");
    check("[a:b = h'ffc3' OR a:b = h'']", "[a:b = h'ffc3' OR a:b = h'']");
    check("[a:b = b'AB\nI=']", "[a:b = b'ABI=']");
    check(r"[a:b = 'it\'s \\ here']", r"[a:b = 'it\'s \\ here']");
    check("[a:b = 't''x']", "! line 1, column 11: expected `AND`, `OR` or `]`, found `'x'`");
    check("[a:b = t'2014-01-13T07:03:17.5Z']", "[a:b = t'2014-01-13T07:03:17.5Z']");
    check(
        "[a:b = t'2014-01-13t07:03:17Z']",
        "! line 1, column 8: not a valid timestamp: `2014-01-13t07:03:17Z` is no timestamp; \
         expected `YYYY-MM-DDThh:mm:ss[.s+]Z`",
    );
    check(
        r"[a:b = 'C:\n']",
        r"! line 1, column 11: not a valid string: `\n` is no escape; write `\\` for a backslash",
    );
    check(
        "[a:b = h'abc']",
        "! line 1, column 8: not a valid hex constant: expected an even number of hexadecimal digits",
    );
    check(
        "[a:b = h'AB']",
        "! line 1, column 8: not a valid hex constant: the digits are `0` to `9` and `a` to `f`, in small letters",
    );
    check(
        "[a:b = b'====']",
        "! line 1, column 8: not a valid binary constant: expected base64 text with its padding",
    );
    check("[a:b = +5]", "! line 1, column 8: not a valid number: a positive number carries no `+`");
    check("[a:b = 007]", "! line 1, column 8: not a valid number: a whole number has no leading zero");
    check("[a:b = 9223372036854775808]", "! line 1, column 8: not a valid number: it does not fit 64 bits");
    check("[a:b = -.]", "! line 1, column 8: not a valid number: expected digits");
    let huge = format!("[a:b = {}.0]", "9".repeat(400));
    check(&huge, "! line 1, column 8: not a valid number: it is too large");
    check("[a:b = 'x]", "! line 1, column 8: the constant that starts here has no end");
    check_forgiving("[a:b = h'AB' OR a:b = +5]", "[a:b = h'ab' OR a:b = 5]");
}

#[test]
fn paths_of_9_7() {
    check(
        "[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0]",
        "[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0]",
    );
    check("[a:b[0][1].'c' = 1]", "[a:b[0][1].c = 1]");
    check("[a:'AND'.'true'.'' = 1]", "[a:'AND'.'true'.'' = 1]");
    check(
        "[file:hashes.SHA-256 = 'x']",
        "! line 1, column 14: the property `SHA-256` must be quoted: `'SHA-256'`",
    );
    check("[a:b[-1] = 1]", "! line 1, column 6: expected `*` or a whole number from 0, found `-1`");
    check("[file.size = 1]", "! line 1, column 6: expected `:` after the type of object, found `.`");
    check("[a:b. = 1]", "! line 1, column 7: expected a property, found `=`");
}

#[test]
fn precedence_of_9_5_3() {
    check("[a:b=1 OR a:c=2 AND a:d=3]", "[a:b = 1 OR a:c = 2 AND a:d = 3]");
    check("[(a:b=1 OR a:c=2) AND a:d=3]", "[(a:b = 1 OR a:c = 2) AND a:d = 3]");
    check("[(a:b=1 AND a:c=2) AND a:d=3]", "[(a:b = 1 AND a:c = 2) AND a:d = 3]");
    check("[((a:b=1))]", "[a:b = 1]");
    check(
        "[a:b=1] OR [a:b=2] AND [a:b=3] FOLLOWEDBY [a:b=4]",
        "[a:b = 1] OR [a:b = 2] AND [a:b = 3] FOLLOWEDBY [a:b = 4]",
    );
    check("([a:b=1] OR [a:b=2]) AND [a:b=3]", "([a:b = 1] OR [a:b = 2]) AND [a:b = 3]");
    check("[a:b=1] AND ([a:b=2] AND [a:b=3])", "[a:b = 1] AND ([a:b = 2] AND [a:b = 3])");
    check("(([a:b=1]))", "[a:b = 1]");
}

#[test]
fn qualifiers_of_9_5_1() {
    check(
        "([a:b=1] AND [a:b=2] REPEATS 5 TIMES) WITHIN 300 SECONDS",
        "([a:b = 1] AND [a:b = 2] REPEATS 5 TIMES) WITHIN 300 SECONDS",
    );
    check("[a:b=1] WITHIN 10.3 SECONDS REPEATS 2 TIMES", "[a:b = 1] WITHIN 10.3 SECONDS REPEATS 2 TIMES");
    check(
        "[a:b=1] START t'2016-06-01T00:00:00Z' STOP t'2016-07-01T00:00:00Z'",
        "[a:b = 1] START t'2016-06-01T00:00:00Z' STOP t'2016-07-01T00:00:00Z'",
    );
    let second = "[a:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS";
    check(
        second,
        "! line 1, column 26: a second WITHIN for the same expression; parentheses around the first would apply both",
    );
    check_forgiving(second, "([a:b = 1] WITHIN 5 SECONDS) WITHIN 6 SECONDS");
    check_v20(second, "([a:b = 1] WITHIN 5 SECONDS) WITHIN 6 SECONDS");
    check("([a:b=1] WITHIN 5 SECONDS) WITHIN 6 SECONDS", "([a:b = 1] WITHIN 5 SECONDS) WITHIN 6 SECONDS");
    let plain = "[a:b=1] START '2016-06-01T00:00:00Z' STOP '2016-07-01T00:00:00Z'";
    check(plain, "! line 1, column 15: expected a timestamp `t'…'`, found `'2016-06-01T00:00:00Z'`");
    check_v20(plain, "[a:b = 1] START t'2016-06-01T00:00:00Z' STOP t'2016-07-01T00:00:00Z'");
    check("[a:b=1] REPEATS 0 TIMES", "! line 1, column 17: expected a whole number above 0, found `0`");
    check("[a:b=1] WITHIN -5 SECONDS", "! line 1, column 16: expected a number above 0, found `-5`");
    check("[a:b=1] WITHIN 5 HOURS", "! line 1, column 18: expected `SECONDS`, found `HOURS`");
    check(
        "[a:b=1]]",
        "! line 1, column 8: expected an operator, a qualifier or the end of the pattern, found `]`",
    );
}

#[test]
fn operands_of_and_are_about_one_object_9_5() {
    check("[a:x=1 OR b:y=2]", "[a:x = 1 OR b:y = 2]");
    check("[(a:x=1 AND a:y=2) OR (b:x=1 AND b:y=2)]", "[a:x = 1 AND a:y = 2 OR b:x = 1 AND b:y = 2]");
    check("[(a:x=1 OR b:y=2) AND b:z=3]", "[(a:x = 1 OR b:y = 2) AND b:z = 3]");
    check(
        "[a:x=1 AND\n b:y=2]",
        "! line 1, column 8: no object satisfies both sides of this AND: left of it `a`, right of it `b`; \
         join them by OR, or put them in brackets of their own",
    );
    check_forgiving("[a:x=1 AND b:y=2]", "[a:x = 1 AND b:y = 2]");
}

#[test]
fn white_space_and_comments() {
    check("\u{a0}[\n a:b\u{3000}=\t1 ]\r\n", "[a:b = 1]");
    check("[a:b /* why */ = 1] // the end", "[a:b = 1]");
    check("[a:b = 1] /* open", "! line 1, column 11: the comment that starts here has no end");
    check("[a:b =\n  ~1]", "! line 2, column 3: `~` has no meaning here");
    check("", "! line 1, column 1: expected `[` or `(`, found the end of the pattern");
    check("file:size = 1280", "! line 1, column 1: expected `[` or `(`, found `file`");
}

#[test]
fn deep_and_long_texts_end_in_an_error() {
    let deep = |levels: usize| format!("{}[a:b = 1]{}", "(".repeat(levels), ")".repeat(levels));
    let limits = ParseLimits { depth: usize::MAX, ..ParseLimits::default() };
    let deepest = ParseOptions { limits, ..ParseOptions::default() };
    assert!(Pattern::parse(&deep(63)).is_ok());
    assert_eq!(Pattern::parse(&deep(64)).unwrap_err().problem, Problem::TooDeep { limit: 64 });
    assert!(Pattern::parse_with(&deep(127), &deepest).is_ok());
    let limit = ParseLimits::DEEPEST;
    assert_eq!(Pattern::parse_with(&deep(10_000), &deepest).unwrap_err().problem, Problem::TooDeep { limit });
    let nested = format!("[{}a:b = 1{}]", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(Pattern::parse_with(&nested, &deepest).unwrap_err().problem, Problem::TooDeep { limit });
    let repeated = format!("[a:b = 1]{}", " REPEATS 1 TIMES".repeat(10_000));
    assert_eq!(Pattern::parse_v20(&repeated).unwrap_err().problem, Problem::TooDeep { limit: 64 });

    let wide = format!("[{}a:b = 1]", "a:b = 1 OR ".repeat(50_000));
    assert!(Pattern::parse(&wide).is_ok());
    let long = format!("[a:b = '{}']", "x".repeat(1 << 20));
    assert!(matches!(Pattern::parse(&long).unwrap_err().problem, Problem::TooLong { limit: 1_048_576, .. }));
}

#[test]
fn levels_of_12_7() {
    for (text, want) in [
        ("[a:b = 1 AND a:c = 2]", Level::One),
        ("[a:b = 1] AND [a:c = 2]", Level::Two),
        ("[a:b = 1] OR [a:c = 2]", Level::Two),
        ("[a:b = 1] FOLLOWEDBY [a:c = 2]", Level::Three),
        ("[a:b = 1] REPEATS 2 TIMES", Level::Three),
        ("[a:b = 1] OR [a:c = 2] WITHIN 5 SECONDS", Level::Three),
    ] {
        assert_eq!(Pattern::parse(text).unwrap().level(), want, "{text}");
    }
}
