//! Services that read the screen and press its buttons.
//!
//! Until Android 13 lists stand line by line (`0 : package/class`), later in one line (`Enabled services:{{package/class}}`).

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::names;
use crate::Sign;

pub(super) const NAME: &str = "accessibility";

/// The states of a service, in the order in which a record tells them.
const STATES: [&str; 5] = ["installed", "enabled", "binding", "bound", "crashed"];

struct Service {
    line: u64,
    component: String,
    states: [bool; STATES.len()],
}

impl Service {
    fn new(line: u64, component: &str) -> Self {
        Self { line, component: component.to_owned(), states: [false; STATES.len()] }
    }
}

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut services: Vec<Service> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for line in lines.iter() {
        let lower = line.text.to_ascii_lowercase();
        let mut text = &*line.text;
        if let Some((state, at)) = heading(&lower) {
            open = Some((state, 0));
            text = text.get(at..).unwrap_or_default();
        }
        let Some((state, depth)) = &mut open else { continue };
        for component in names::components(text) {
            let at = services.iter().position(|it| it.component == component).unwrap_or_else(|| {
                services.push(Service::new(line.number, component));
                services.len() - 1
            });
            let Some(service) = services.get_mut(at) else { continue };
            if let Some(it) = service.states.get_mut(*state) {
                *it = true;
            }
        }
        let opened = text.matches('{').count();
        let closed = text.matches('}').count();
        *depth = (*depth + opened).saturating_sub(closed);
        if *depth == 0 && (opened > 0 || closed > 0) {
            open = None;
        }
    }
    for service in services {
        let states: Vec<&str> = STATES.iter().zip(service.states).filter(|it| it.1).map(|it| *it.0).collect();
        let [_, enabled, _, bound, _] = service.states;
        let text = format!("accessibility service {}: {}", service.component, states.join(", "));
        let package = names::package_of(&service.component).unwrap_or_default();
        sink.take(
            Draft::line(service.line, text).app(package).sign_if(enabled || bound, Sign::AccessibilityOn),
        );
    }
}

/// Which list begins in this line, and where its words begin.
fn heading(lower: &str) -> Option<(usize, usize)> {
    let trimmed = lower.trim_start();
    let before = lower.len() - trimmed.len();
    STATES.iter().enumerate().find_map(|(number, state)| {
        let rest = trimmed.strip_prefix(state)?.strip_prefix(" services")?;
        rest.trim_start().starts_with(':').then_some((number, before + state.len() + " services".len()))
    })
}
