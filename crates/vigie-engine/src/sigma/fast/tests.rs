//! Tests of `fast.rs`: what fires is what the specification says of every rule.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use vigie_model::event::{Field, Scalar};

use super::*;
use crate::sigma::{self, Document, Options};

/// Values that rules and events share, so that random ones meet.
const VALUES: &[&str] = &[
    "cmd.exe",
    "C:\\Windows\\cmd.exe /c whoami",
    "CMD.EXE",
    "powershell -enc AAAA",
    "powershell /enc AAAA",
    "a\nb",
    "É",
    "é",
    "",
    "4625",
    "4625.0",
    "-7",
    "007",
    "0x10",
    "true",
    "10.1.2.3",
    "2001:db8::1",
    "2020-10-19 10:46:42",
    "aaaaaaaaab",
    "d2hvYW1p",
    "x*y?z",
];

/// What may stand in a rule beside the values: wildcards, parts, expressions.
const WANTED: &[&str] = &[
    "*cmd*",
    "cmd?exe",
    "*.exe",
    "c:\\\\*",
    "who",
    "WHOAMI",
    " -enc ",
    "?",
    "*",
    "**",
    "a*b",
    "\\*",
    "x\\*y\\?z",
    "4625",
    "whoami",
    "é",
    "*a*a*a*b",
    "-",
];

const KEYS: &[&str] = &[
    "",
    "",
    "",
    "|contains",
    "|contains",
    "|startswith",
    "|endswith",
    "|cased",
    "|contains|cased",
    "|windash|contains",
    "|base64",
    "|base64offset|contains",
    "|neq",
    "|contains|neq",
    "|contains|all",
    "|wide|base64offset|contains",
];

const OTHERS: &[&str] = &[
    "{F|re: 'cmd\\.(exe|com)$'}",
    "{F|re|i: 'WHO(ami|is)'}",
    "{F|re: '(?<!x)cmd'}",
    "{F|re: '^.*$'}",
    "{F|re|i: 'k.?'}",
    "{F|gt: 10}",
    "{F|lte: 4625}",
    "{F|cidr: 10.0.0.0/8}",
    "{F|cidr: '2001:db8::/32'}",
    "{F|exists: true}",
    "{F|exists: false}",
    "{F: null}",
    "{F: 4625}",
    "{F: -7}",
    "{F: 100000000000000000000}",
    "{F|neq: 4625}",
    "{F|hour: 10}",
    "{F|month|gte: 3}",
    "{F|fieldref: b}",
    "{F|fieldref|contains: c}",
    "{F|fieldref|neq: a}",
    "{F|re|neq: e}",
    "[cmd, '4625']",
    "['*who?mi']",
    "{'|all': [cmd, exe]}",
    "{'|re': 'en+c'}",
    "['*']",
    "{F: ['', null]}",
];

fn field() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "b", "c"])
}

fn item() -> impl Strategy<Value = String> {
    let quoted = |it: &str| format!("'{}'", it.replace('\'', "''").replace('\n', " "));
    let wanted = select([VALUES, WANTED].concat());
    let texts = (field(), select(KEYS.to_vec()), vec(wanted, 1..4)).prop_map(move |(field, key, all)| {
        let all: Vec<String> = all.iter().map(|it| quoted(it)).collect();
        format!("{{{field}{key}: [{}]}}", all.join(", "))
    });
    let others = (field(), select(OTHERS.to_vec())).prop_map(|(field, other)| other.replace('F', field));
    prop_oneof![3 => texts, 1 => others]
}

fn search() -> impl Strategy<Value = String> {
    let map = vec(item(), 1..3).prop_map(|items| {
        let inner: Vec<&str> =
            items.iter().filter(|it| it.starts_with('{')).map(|it| &it[1..it.len() - 1]).collect();
        format!("{{{}}}", inner.join(", "))
    });
    let list = vec(item(), 1..3).prop_map(|items| format!("[{}]", items.join(", ")));
    prop_oneof![item(), map, list]
}

fn rule() -> impl Strategy<Value = String> {
    let conditions = vec![
        "s1",
        "not s1",
        "s1 and s2",
        "s1 or s2",
        "s1 and not s2",
        "not (s1 and s2)",
        "1 of s*",
        "all of them",
        "not 1 of s*",
        "[s1, not s2]",
        "s1 and (s2 or not s3)",
        "s1 or s2 and s3",
    ];
    let sources = vec!["product: p", "category: c", "product: p, category: c", "product: q", ""];
    (search(), search(), search(), select(conditions), select(sources)).prop_map(|(a, b, c, condition, source)| {
        format!(
            "title: t\nlogsource: {{{source}}}\ndetection:\n  s1: {a}\n  s2: {b}\n  s3: {c}\n  condition: {condition}\n"
        )
    })
}

fn scalar() -> impl Strategy<Value = Scalar<'static>> {
    prop_oneof![
        8 => select([VALUES, WANTED].concat()).prop_map(|it| Scalar::Text(it.into())),
        2 => select(vec!["4625", "4625.0", "-7", "-0", "1e2", "100000000000000000000"]).prop_map(|it| Scalar::Number(it.into())),
        1 => any::<bool>().prop_map(Scalar::Bool),
        1 => Just(Scalar::Null),
    ]
}

fn fields() -> impl Strategy<Value = Vec<Field<'static>>> {
    vec((select(vec!["a", "b", "c", "d"]), scalar()), 0..5)
        .prop_map(|all| all.into_iter().map(|(name, value)| Field { name: name.into(), value }).collect())
}

fn class(number: u8) -> Option<LogClass> {
    let source = |product: &str, category: &str| LogSource {
        product: Some(product.into()),
        category: Some(category.into()),
        service: None,
    };
    let sources = match number {
        0 => return None,
        1 => vec![source("p", "c")],
        2 => vec![source("q", "d"), source("p", "d")],
        _ => Vec::new(),
    };
    Some(LogClass { mapping: "test 1".into(), sources })
}

fn read(texts: &[String]) -> Vec<Arc<Rule>> {
    let read = texts.iter().flat_map(|it| sigma::read("test", it, &Options::default()));
    let rules =
        read.filter_map(|it| if let Ok(Document::Rule(rule)) = it { Some(Arc::new(rule)) } else { None });
    rules.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// One memory is used for all events, and for two sets of rules in turn.
    #[test]
    fn what_fires_is_what_the_specification_says(
        texts in vec(rule(), 1..8),
        events in vec((fields(), 0_u8..4), 1..8),
    ) {
        let rules = read(&texts);
        prop_assume!(!rules.is_empty());
        let (half, _) = rules.split_at(rules.len() / 2);
        let sets = [(Arc::new(Compiled::new(&rules)), rules.as_slice()), (Arc::new(Compiled::new(half)), half)];
        let mut memory = Memory::default();
        for (fields, number) in events {
            let class = class(number);
            let event = Event { fields, log: class.as_ref(), ..Event::default() };
            for (compiled, rules) in &sets {
                let want: Vec<u32> = (0..).zip(*rules)
                    .filter(|(_, it)| it.verdict(&event) == Verdict::Holds)
                    .map(|(number, _)| number)
                    .collect();
                let mut fired = compiled.fired(&event, &mut memory);
                let mut got = Vec::new();
                while let Some(number) = fired.next() {
                    got.push(number);
                    prop_assert_eq!(fired.proof(number), rules[number as usize].proof(&event));
                }
                prop_assert_eq!(got, want, "{:?}\n{}", event, texts.join("---\n"));
            }
        }
    }
}

#[test]
fn the_generator_makes_rules() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts: Vec<String> = (0..500)
        .map(|_| rule().new_tree(&mut runner).map(|it| proptest::strategy::ValueTree::current(&it)))
        .map(Result::unwrap)
        .collect();
    let rules = read(&texts);
    assert!(
        rules.len() > 250,
        "{} of {}: {:?}",
        rules.len(),
        texts.len(),
        sigma::read("t", &texts[0], &Options::default())
    );
}

#[test]
fn a_rule_waits_behind_the_rarest_it_asks_for() {
    #[track_caller]
    fn check(detection: &str, want: &[&str]) {
        let text = format!("title: t\ndetection: {detection}");
        let rules = read(&[text]);
        let mut fields = HashMap::default();
        let _ = Program::new(&rules[0].detection, &mut fields);
        let names: HashMap<u32, &str> =
            fields.iter().map(|(name, number)| (*number, name.as_ref())).collect();
        let shown = |key: witness::Key| {
            let field = key.field.map_or("*", |it| names[&it]);
            match key.sign {
                witness::Sign::Present => field.to_owned(),
                witness::Sign::Text(text, place) => format!("{field} {place:?} {text}"),
            }
        };
        let said =
            witness(&rules[0].detection, &fields).map(|keys| keys.into_iter().map(shown).collect::<Vec<_>>());
        assert_eq!(said.unwrap_or_default(), want, "{detection}");
    }
    check(
        "{s: {a: x, b|contains: [averylongword, anotherlongword]}, condition: s}",
        &["b Anywhere averylongword", "b Anywhere anotherlongword"],
    );
    check("{s: {a|endswith: '\\cmd.exe', b|contains: rare-word}, condition: s}", &["b Anywhere rare-word"]);
    check("{s: {a: 4625}, t: {b: x}, condition: s and not t}", &["a Whole 4625", "a Whole 4625"]);
    check(
        "{s: {a|contains|windash: ' -f'}, condition: s}",
        &["a Anywhere  -f", "a Anywhere  /f", "a Anywhere  –f", "a Anywhere  —f", "a Anywhere  ―f"],
    );
    check("{s: {a|re: '[0-9]+'}, condition: s}", &["a"]);
    check("{s: {a|neq: x}, condition: s}", &["a"]);
    check("{s: {a: null}, condition: s}", &[]);
    check("{s: {a: x}, condition: not s}", &[]);
    check("{s: [x, 'yy*zzz'], condition: s}", &["* Anywhere x", "* Anywhere zzz"]);
}
