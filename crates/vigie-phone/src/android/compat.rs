//! Overrides of compatibility by package. They stay when the app is gone.

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::names;

pub(super) const NAME: &str = "platform_compat";

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    for line in lines.iter() {
        let change =
            line.text.split("name=").nth(1).and_then(|it| it.split([';', ')']).next()).unwrap_or_default();
        let (raw, installed) =
            (packages(&line.text, "rawOverrides={"), packages(&line.text, "packageOverrides={"));
        let only_installed = installed.iter().filter(|it| !raw.contains(it)).map(|it| ("applied to", *it));
        for (kept, package) in raw.iter().map(|it| ("kept for", *it)).chain(only_installed) {
            let text = format!("override {change} {kept} {package}");
            sink.take(Draft::line(line.number, text).app(package));
        }
    }
}

fn packages<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let inside = text.split(key).nth(1).and_then(|it| it.split('}').next()).unwrap_or_default();
    let names = inside.split(", ").filter_map(|it| it.split_once('=')).map(|it| it.0.trim());
    names.filter(|it| names::is_package(it)).collect()
}
