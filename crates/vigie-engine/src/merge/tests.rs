//! Tests of `merge.rs`: however rules come, end and are merged, an image says what one build of them says.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use vigie_model::event::{Event, Path};
use vigie_stix::id::StixId;

use crate::{Builder, Found, Image, Merged, Options, State, Work};

/// How many different values, lists and indicators there are.
const VALUES: u8 = 6;
const LISTS: u8 = 3;
const INDICATORS: u8 = 4;

/// What happens to an image.
#[derive(Clone, Debug)]
enum Step {
    /// Values join a list.
    List(u8, Vec<u8>),
    /// A list gets a new version.
    Replace(u8, Vec<u8>),
    /// A list ends.
    EndList(u8),
    /// A version of an indicator for a value.
    Indicator(u8, u8, u8),
    /// An indicator is withdrawn.
    Withdraw(u8),
    /// A merge begins, if one is due.
    Begin,
    /// The merge that began is put in.
    Put,
}

fn step() -> impl Strategy<Value = Step> {
    let values = || prop::collection::vec(0..VALUES, 1..5);
    prop_oneof![
        4 => (0..LISTS, values()).prop_map(|(list, values)| Step::List(list, values)),
        1 => (0..LISTS, values()).prop_map(|(list, values)| Step::Replace(list, values)),
        1 => (0..LISTS).prop_map(Step::EndList),
        4 => (0..INDICATORS, 0..9_u8, 0..VALUES).prop_map(|(id, version, value)| Step::Indicator(id, version, value)),
        1 => (0..INDICATORS).prop_map(Step::Withdraw),
        3 => Just(Step::Begin),
        3 => Just(Step::Put),
    ]
}

/// What should be in force.
#[derive(Debug, Default)]
struct Naive {
    lists: BTreeMap<u8, BTreeSet<u8>>,
    indicators: BTreeMap<u8, (u8, u8)>,
}

impl Naive {
    fn take(&mut self, step: &Step) {
        match step {
            Step::List(list, values) => self.lists.entry(*list).or_default().extend(values),
            Step::Replace(list, values) => {
                self.lists.insert(*list, values.iter().copied().collect());
            }
            Step::EndList(list) => drop(self.lists.remove(list)),
            Step::Indicator(id, version, value) => {
                let newer = self.indicators.get(id).is_none_or(|known| known.0 <= *version);
                if newer {
                    self.indicators.insert(*id, (*version, *value));
                }
            }
            Step::Withdraw(id) => drop(self.indicators.remove(id)),
            Step::Begin | Step::Put => {}
        }
    }

    fn built(&self) -> Image {
        let mut builder = Builder::new(Options::default());
        for (list, values) in &self.lists {
            builder.add_list(&list_name(*list), lines(values).as_bytes());
        }
        for (id, (version, value)) in &self.indicators {
            builder.add_bundle("test", &indicator(*id, *version, *value));
        }
        Image::new(builder.build())
    }
}

fn list_name(list: u8) -> String {
    format!("list{list}")
}

/// Even values are domain names, odd ones networks.
fn value(number: u8) -> String {
    if number.is_multiple_of(2) { format!("v{number}.example") } else { format!("10.{number}.0.0/16") }
}

fn lines<'v>(values: impl IntoIterator<Item = &'v u8>) -> String {
    values.into_iter().map(|it| value(*it) + "\n").collect()
}

fn id(number: u8) -> String {
    format!("indicator--{number}0000000-1111-4111-8111-111111111111")
}

fn indicator(number: u8, version: u8, value: u8) -> String {
    let pattern = if value.is_multiple_of(2) {
        format!("[domain-name:value = 'v{value}.example']")
    } else {
        format!("[ipv4-addr:value ISSUBSET '10.{value}.0.0/16']")
    };
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"{}","created":"2026-01-01T00:00:00.000Z",
        "modified":"2026-01-01T00:00:0{version}.000Z","name":"n{number}v{version}","pattern_type":"stix",
        "pattern":"{pattern}","valid_from":"2026-01-01T00:00:00Z"}}"#,
        id(number)
    )
}

/// Every rule that fires on each value, one line each.
fn shown(image: &Image) -> String {
    let mut all = String::new();
    for number in 0..VALUES {
        let text = if number.is_multiple_of(2) { value(number) } else { format!("10.{number}.9.9") };
        let mut event = Event::default();
        let path = if number.is_multiple_of(2) { Path::DomainName } else { Path::Ipv4 };
        event.push(0, path, text.as_str());
        let mut found = Found::default();
        image.matches(&event, None, &mut Work::default(), &mut found);
        let list = |id: &str| id.split(':').next().unwrap_or_default().to_owned();
        let mut lines: Vec<String> = found
            .matches
            .iter()
            .map(|it| format!("{text}: {} {}\n", list(&it.rule.id), it.rule.name))
            .collect();
        lines.sort_unstable();
        all.extend(lines);
    }
    all
}

fn apply(image: &Image, step: &Step, began: &mut Option<Merged>, options: &Options) -> Image {
    let segment = |fill: &dyn Fn(&mut Builder)| {
        let mut builder = Builder::new(options.clone());
        fill(&mut builder);
        builder.build()
    };
    let none: [&StixId; 0] = [];
    let add =
        |list: u8, values: &[u8]| segment(&|it| it.add_list(&list_name(list), lines(values).as_bytes()));
    match step {
        Step::List(list, values) => image.with(add(*list, values), none, options),
        Step::Replace(list, values) => {
            image.without_lists([&*list_name(*list)]).with(add(*list, values), none, options)
        }
        Step::EndList(list) => image.without_lists([&*list_name(*list)]),
        Step::Indicator(id, version, value) => {
            let segment = segment(&|it| it.add_bundle("test", &indicator(*id, *version, *value)));
            image.with(segment, none, options)
        }
        Step::Withdraw(number) => {
            let id: StixId = id(*number).parse().expect("an id");
            image.with(segment(&|_| {}), [&id], options)
        }
        Step::Begin => {
            if began.is_none() {
                *began = image.merge_due(options).map(super::Merge::run);
            }
            image.clone()
        }
        Step::Put => began.take().map_or_else(|| image.clone(), |it| image.merged(&it)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_order_of_steps_says_what_one_build_says(
        steps in prop::collection::vec(step(), 1..40),
        small in prop_oneof![Just(0_usize), Just(3), Just(8)],
    ) {
        let options = Options { small, ..Options::default() };
        let (mut image, mut naive, mut began) = (Image::default(), Naive::default(), None);
        for step in &steps {
            image = apply(&image, step, &mut began, &options);
            naive.take(step);
            let (built, want) = (naive.built(), naive.lists.values().map(BTreeSet::len).sum::<usize>());
            prop_assert_eq!(shown(&image), shown(&built), "after {:?}", step);
            prop_assert_eq!(built.rules(None).of(State::Active) as usize, want + naive.indicators.len());
        }
        // Until nothing is due any more, and then there are few segments.
        while let Some(merge) = image.merge_due(&options) {
            image = image.merged(&merge.run());
        }
        prop_assert_eq!(shown(&image), shown(&naive.built()));
        prop_assert!(image.segments() <= 12, "{} segments", image.segments());
    }
}

#[test]
fn a_merge_that_was_begun_from_another_image_changes_nothing() {
    let options = Options { small: 0, ..Options::default() };
    let mut began = None;
    let steps = [Step::List(0, vec![0]), Step::List(1, vec![2]), Step::Begin];
    let image = steps.iter().fold(Image::default(), |image, step| apply(&image, step, &mut began, &options));
    let merged = began.expect("a merge was due");
    assert_eq!((image.segments(), image.merged(&merged).segments()), (2, 1));
    let other = apply(&Image::default(), &Step::List(0, vec![4]), &mut None, &options);
    assert_eq!(shown(&other.merged(&merged)), shown(&other));
    // Put in a second time, it finds nothing that it was made from.
    let once = image.merged(&merged);
    assert_eq!(once.merged(&merged).segments(), 1);
}
