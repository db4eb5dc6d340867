//! What holds of every pattern: it prints and reads again; it means what an enumeration of all bindings says; nothing
//! makes the reader or the interpreter panic.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as its body does")]

use proptest::collection::vec;
use proptest::prelude::*;
use vigie_stix::json::{self, Value};
use vigie_stix::pattern::{
    Comparison, ComparisonExpression, Constant, Edition, Lines, ObjectPath, Observation,
    ObservationExpression, Operator, ParseLimits, ParseOptions, Pattern, Qualified, Qualifier, Semantics,
    Step, Test, Within,
};

// Trees.

fn constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        ".{0,8}".prop_map(Constant::String),
        any::<i64>().prop_map(Constant::Integer),
        any::<f64>().prop_filter("finite", |it| it.is_finite()).prop_map(Constant::Float),
        any::<bool>().prop_map(Constant::Boolean),
        vec(any::<u8>(), 0..6).prop_map(Constant::Binary),
        vec(any::<u8>(), 0..6).prop_map(Constant::Hex),
        timestamp().prop_map(Constant::Timestamp),
    ]
}

fn timestamp() -> impl Strategy<Value = vigie_stix::timestamp::Timestamp> {
    (1970..3000_u32, 1..13_u32, 1..29_u32, 0..60_u32, proptest::option::of("[0-9]{1,9}")).prop_map(
        |(year, month, day, second, fraction)| {
            let fraction = fraction.map(|it| format!(".{it}")).unwrap_or_default();
            format!("{year:04}-{month:02}-{day:02}T00:00:{second:02}{fraction}Z").parse().unwrap()
        },
    )
}

fn test() -> impl Strategy<Value = Test> {
    let equality = prop_oneof![Just(Operator::Equal), Just(Operator::NotEqual)];
    let order = prop_oneof![
        Just(Operator::Less),
        Just(Operator::LessOrEqual),
        Just(Operator::Greater),
        Just(Operator::GreaterOrEqual)
    ];
    let ordered = constant().prop_filter("ordered", |it| !matches!(it, Constant::Boolean(_)));
    prop_oneof![
        (equality, constant()).prop_map(|(operator, it)| Test::Compare(operator, it)),
        (order, ordered).prop_map(|(operator, it)| Test::Compare(operator, it)),
        vec(any::<i64>().prop_map(Constant::Integer), 0..4).prop_map(Test::In),
        vec(".{0,5}".prop_map(Constant::String), 0..4).prop_map(Test::In),
        ".{0,8}".prop_map(Test::Like),
        ".{0,8}".prop_map(Test::Matches),
        ".{0,8}".prop_map(Test::IsSubset),
        ".{0,8}".prop_map(Test::IsSuperset),
        Just(Test::Exists),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        "[a-z_]{1,5}".prop_map(Step::Key),
        ".{0,5}".prop_map(Step::Key),
        prop_oneof![Just("AND"), Just("true"), Just("IN")].prop_map(|it| Step::Key(it.to_owned())),
        (0..1_u64 << 62).prop_map(Step::Index),
        Just(Step::Any),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    ("[a-z][a-z0-9-]{0,6}", ".{1,4}", vec(step(), 0..3), any::<bool>(), test()).prop_map(
        |(object_type, first, mut steps, negated, test)| {
            steps.insert(0, Step::Key(first));
            Comparison { path: ObjectPath { object_type, steps }, negated, test }
        },
    )
}

fn comparisons() -> impl Strategy<Value = ComparisonExpression> {
    comparison().prop_map(ComparisonExpression::Test).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(ComparisonExpression::And),
            vec(inner, 2..4).prop_map(ComparisonExpression::Or),
        ]
    })
}

fn qualifiers() -> impl Strategy<Value = Vec<Qualifier>> {
    let times = (1..i64::MAX as u64).prop_map(Qualifier::Repeats);
    let seconds =
        prop_oneof![0.001..1e6_f64, (1..1_000_000_u32).prop_map(f64::from)].prop_map(Qualifier::Within);
    let window = (timestamp(), timestamp()).prop_map(|(start, stop)| Qualifier::StartStop { start, stop });
    (times, seconds, window, 1..8_u8).prop_map(|(times, seconds, window, chosen)| {
        let all = [(1, times), (2, seconds), (4, window)];
        all.into_iter().filter(|(bit, _)| chosen & bit > 0).map(|(_, it)| it).collect()
    })
}

fn observations() -> impl Strategy<Value = ObservationExpression> {
    comparisons().prop_map(ObservationExpression::Single).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(ObservationExpression::And),
            vec(inner.clone(), 2..4).prop_map(ObservationExpression::Or),
            vec(inner.clone(), 2..4).prop_map(ObservationExpression::FollowedBy),
            (inner, qualifiers()).prop_map(|(expression, qualifiers)| {
                ObservationExpression::Qualified(Qualified { expression: Box::new(expression), qualifiers })
            }),
        ]
    })
}

const FORGIVING: ParseOptions = ParseOptions {
    edition: Edition::V21,
    forgiving: true,
    limits: ParseLimits { bytes: 1 << 20, depth: 64 },
};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn what_is_printed_reads_the_same(expression in observations()) {
        let pattern = Pattern::from(expression);
        let printed = pattern.to_string();
        prop_assert_eq!(Pattern::parse_with(&printed, &FORGIVING), Ok(pattern), "{}", printed);
    }
}

// Meaning, against an enumeration of all bindings.

/// One time that something was observed: of which object, when at the earliest and the latest.
#[derive(Clone, Copy, Debug)]
struct Instance {
    kind: u8,
    first: i64,
    last: i64,
}

/// All sets of instances that satisfy an expression, each as a set of bits.
fn bindings(expression: &ObservationExpression, instances: &[Instance]) -> Vec<u32> {
    let members =
        |set: u32| instances.iter().enumerate().filter(move |(at, _)| set >> at & 1 > 0).map(|(_, it)| it);
    let pairs = |left: &[u32], right: &[u32]| -> Vec<u32> {
        let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (*left, *right)));
        pairs.filter(|(left, right)| left & right == 0).map(|(left, right)| left | right).collect()
    };
    let mut found = match expression {
        ObservationExpression::Single(it) => {
            let kind: u8 = it.to_string().strip_prefix("o:kind = ").unwrap().parse().unwrap();
            (0..instances.len()).filter(|at| instances[*at].kind == kind).map(|at| 1 << at).collect()
        }
        ObservationExpression::And(operands) => {
            let all = operands.iter().map(|it| bindings(it, instances));
            all.reduce(|left, right| pairs(&left, &right)).unwrap()
        }
        ObservationExpression::Or(operands) => {
            operands.iter().flat_map(|it| bindings(it, instances)).collect()
        }
        ObservationExpression::FollowedBy(operands) => {
            let all = operands.iter().map(|it| bindings(it, instances));
            let ordered = |left: u32, right: u32| {
                members(left).map(|it| it.first).max() <= members(right).map(|it| it.last).min()
            };
            let follow = |left: Vec<u32>, right: Vec<u32>| {
                let right =
                    |left: u32| right.iter().copied().filter(move |it| left & it == 0 && ordered(left, *it));
                left.iter().flat_map(|it| right(*it).map(move |right| it | right)).collect::<Vec<u32>>()
            };
            all.reduce(follow).unwrap()
        }
        ObservationExpression::Qualified(it) => {
            let inner = bindings(&it.expression, instances);
            it.qualifiers.iter().fold(inner, |inner, qualifier| match qualifier {
                Qualifier::Repeats(times) => {
                    (1..*times).fold(inner.clone(), |found, _| pairs(&found, &inner))
                }
                Qualifier::Within(seconds) => {
                    let spread = |set: u32| {
                        let first = members(set).map(|it| it.first).max().unwrap();
                        (first - members(set).map(|it| it.last).min().unwrap()) as f64
                    };
                    inner.into_iter().filter(|it| spread(*it) < *seconds).collect()
                }
                Qualifier::StartStop { start, stop } => {
                    let [start, stop] = [start, stop].map(|it| (it.nanos() / 1_000_000_000) as i64 - EPOCH);
                    let inside = |it: &Instance| start < stop && it.last >= start && it.first < stop;
                    inner.into_iter().filter(|set| members(*set).all(inside)).collect()
                }
            })
        }
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// 2020-01-01T00:00:00Z
const EPOCH: i64 = 1_577_836_800;

fn at(second: i64) -> String {
    format!("2020-01-01T00:00:{second:02}Z")
}

fn small_expression() -> impl Strategy<Value = ObservationExpression> {
    let single = (0..3_u8)
        .prop_map(|kind| Pattern::parse(&format!("[o:kind = {kind}]")).unwrap().expression().clone());
    let instant = || (0..8_i64).prop_map(|it| at(it).parse().unwrap());
    let qualifier = move || {
        prop_oneof![
            (1..4_u64).prop_map(Qualifier::Repeats),
            (1..6_u32).prop_map(|it| Qualifier::Within(f64::from(it) / 2.0)),
            (instant(), instant()).prop_map(|(start, stop)| Qualifier::StartStop { start, stop }),
        ]
    };
    single.prop_recursive(4, 10, 3, move |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(ObservationExpression::And),
            vec(inner.clone(), 2..4).prop_map(ObservationExpression::Or),
            vec(inner.clone(), 2..4).prop_map(ObservationExpression::FollowedBy),
            (inner, vec(qualifier(), 1..3)).prop_map(|(expression, qualifiers)| {
                ObservationExpression::Qualified(Qualified { expression: Box::new(expression), qualifiers })
            }),
        ]
    })
}

/// Kind, first second, length and number of each observed-data object.
fn small_world() -> impl Strategy<Value = Vec<(u8, i64, i64, u64)>> {
    vec(
        (
            0..3_u8,
            0..8_i64,
            prop_oneof![3 => Just(0_i64), 1 => 1..3_i64],
            prop_oneof![3 => Just(1_u64), 1 => 2..4_u64],
        ),
        1..6,
    )
}

fn documents(world: &[(u8, i64, i64, u64)]) -> String {
    let observed = world.iter().map(|(kind, first, length, number)| {
        format!(
            r#"{{"type":"observed-data","first_observed":"{}","last_observed":"{}","number_observed":{number},
                "objects":{{"0":{{"type":"o","kind":{kind}}}}}}}"#,
            at(*first),
            at(first + length)
        )
    });
    format!("[{}]", observed.collect::<Vec<_>>().join(","))
}

fn matches(pattern: &Pattern, documents: &str, semantics: &Semantics) -> bool {
    let Value::Array(documents) = json::parse(documents).unwrap() else { panic!("a list") };
    let observations = Observation::from_documents(&documents).unwrap();
    pattern.matches(&observations, semantics).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn the_search_finds_what_enumeration_finds(expression in small_expression(), world in small_world()) {
        let instances: Vec<Instance> = world
            .iter()
            .flat_map(|(kind, first, length, number)| {
                (0..*number).map(move |_| Instance { kind: *kind, first: *first, last: first + length })
            })
            .collect();
        let want = !bindings(&expression, &instances).is_empty();
        let pattern = Pattern::from(expression);
        let got = matches(&pattern, &documents(&world), &Semantics::default());
        prop_assert_eq!(got, want, "{} on {:?}", pattern, world);
    }

    #[test]
    fn operands_of_and_and_or_may_change_places(
        left in small_expression(),
        right in small_expression(),
        world in small_world(),
    ) {
        let documents = documents(&world);
        for join in [ObservationExpression::And, ObservationExpression::Or] {
            let one = Pattern::from(join(vec![left.clone(), right.clone()]));
            let other = Pattern::from(join(vec![right.clone(), left.clone()]));
            let semantics = Semantics { within: Within::Closed, ..Semantics::default() };
            prop_assert_eq!(matches(&one, &documents, &semantics), matches(&other, &documents, &semantics));
        }
    }

    #[test]
    fn like_without_wildcards_is_equality(value in "[a-c\\n.\\\\']{0,4}", constant in "[a-c\\n.\\\\']{0,4}") {
        let document = serde_json::json!([{
            "type": "observed-data", "first_observed": at(0), "last_observed": at(0), "number_observed": 1,
            "objects": { "0": { "type": "o", "p": value } },
        }]);
        let verdicts = [Test::Like(constant.clone()), Test::Compare(Operator::Equal, Constant::String(constant))].map(|test| {
            let path = ObjectPath { object_type: "o".to_owned(), steps: vec![Step::Key("p".to_owned())] };
            let single = ComparisonExpression::Test(Comparison { path, negated: false, test });
            let semantics = Semantics { lines: Lines::Cross, ..Semantics::default() };
            matches(&ObservationExpression::Single(single).into(), &document.to_string(), &semantics)
        });
        prop_assert_eq!(verdicts[0], verdicts[1]);
    }
}

// Hostile texts.

/// Pieces of patterns in any order, with some that belong nowhere.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "[",
        "]",
        "(",
        ")",
        "a:b",
        "a:b[*]",
        "a:'x'.y_ref",
        " = ",
        " != ",
        " NOT ",
        " IN ",
        " LIKE ",
        " MATCHES ",
        " AND ",
        " OR ",
        " FOLLOWEDBY ",
        " EXISTS ",
        " REPEATS ",
        " TIMES",
        " WITHIN ",
        " SECONDS",
        " START ",
        " STOP ",
        "5",
        "-1",
        "1.5",
        "'x'",
        "'(a+)+$'",
        "'(?=a)(a+)+$'",
        "t'2020-01-01T00:00:00Z'",
        "h'00'",
        "b'AA=='",
        "true",
        ",",
        ".",
        ":",
        "\\",
        "'",
        "é",
        "\u{0}",
        "/*",
        "//",
        "\n",
        "99999999999999999999",
    ];
    vec(proptest::sample::select(pieces.to_vec()), 0..30).prop_map(|it| it.concat())
}

/// A well-formed text with a few characters changed.
fn mutant() -> impl Strategy<Value = String> {
    (observations(), vec((any::<prop::sample::Index>(), any::<char>()), 1..4)).prop_map(
        |(expression, changes)| {
            let mut letters: Vec<char> = expression.to_string().chars().collect();
            for (place, letter) in changes {
                let place = place.index(letters.len());
                letters[place] = letter;
            }
            letters.into_iter().collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn no_text_panics(text in prop_oneof![soup(), mutant(), ".{0,60}"]) {
        let Ok(pattern) = Pattern::parse_with(&text, &FORGIVING) else { return Ok(()) };
        let printed = pattern.to_string();
        let again = Pattern::parse_with(&printed, &FORGIVING);
        prop_assert_eq!(again.as_ref(), Ok(&pattern), "{}", printed);
        let documents = json::parse(WORLD).unwrap();
        let documents = std::slice::from_ref(&documents);
        let observations = Observation::from_documents(documents).unwrap();
        for semantics in [Semantics::default(), Semantics::oasis_matcher()] {
            // Errors are fine; a verdict and its proof agree.
            let _ = pattern.matches(&observations, &semantics);
        }
    }
}

const WORLD: &str = r#"{
    "type": "observed-data", "first_observed": "2020-01-01T00:00:00Z", "last_observed": "2020-01-01T00:00:01Z",
    "number_observed": 3,
    "objects": {
        "0": { "type": "a", "b": ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", 5, 1.5, true, null], "x": { "y_ref": "1" } },
        "1": { "type": "a", "y_ref": "0", "b": "x" }
    }
}"#;
