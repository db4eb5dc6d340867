//! What made a rule fire: the values of which something that it asks for is true.

use vigie_model::alert::Matched;
use vigie_model::event::Event;

use super::evaluate;
use super::rule::{Condition, Item, Rule, Search};
use crate::explain::Verdict;

impl Rule {
    /// The fields and values of an event that clauses of the rule are true of, in the order of the rule and each once.
    /// What is negated, and fields that are absent, show nothing.
    pub fn proof(&self, event: &Event<'_>) -> Vec<Matched> {
        let mut matched = Vec::new();
        let mut open = vec![&self.detection.condition];
        while let Some(condition) = open.pop() {
            match condition {
                Condition::Not(_) => {}
                Condition::All(parts) | Condition::Any(parts) => open.extend(parts.iter().rev()),
                Condition::Selection(number) => {
                    let selection = self.detection.selections.get(*number);
                    if let Some(it) =
                        selection.filter(|it| evaluate::search(&it.search, event) == Verdict::Holds)
                    {
                        of_search(&it.search, event, &mut matched);
                    }
                }
            }
        }
        matched
    }
}

fn of_search(search: &Search, event: &Event<'_>, matched: &mut Vec<Matched>) {
    match search {
        Search::All(parts) | Search::Any(parts) => parts.iter().for_each(|it| of_search(it, event, matched)),
        Search::Item(item) if evaluate::item(item, event) == Verdict::Holds => of_item(item, event, matched),
        Search::Item(_) => {}
    }
}

fn of_item(item: &Item, event: &Event<'_>, matched: &mut Vec<Matched>) {
    let is_meant = |name: &str| item.field.as_deref().is_none_or(|it| it == name);
    for field in event.fields.iter().filter(|it| is_meant(&it.name)) {
        let seen = [&field.value];
        let holds = item.tests.iter().any(|it| evaluate::test(it, &seen, event) == Verdict::Holds);
        let Some(text) = field.value.text().filter(|_| holds != item.negated) else { continue };
        let one = Matched { path: field.name.to_string(), value: text.to_owned() };
        if !matched.contains(&one) {
            matched.push(one);
        }
    }
}
