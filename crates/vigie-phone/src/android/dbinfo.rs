//! Databases that apps have open, and what they last asked of them.

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::names;

pub(super) const NAME: &str = "dbinfo";

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut pool = String::new();
    for line in lines.iter() {
        let text = line.text.trim();
        if let Some(path) = text.strip_prefix("Connection pool for ") {
            path.trim_end_matches(':').clone_into(&mut pool);
            let draft = Draft::line(line.number, format!("open database {pool}")).file(&pool);
            sink.take(draft.app(names::package_of_path(&pool).unwrap_or_default()));
            continue;
        }
        // `0: [2022-05-02 01:24:34.123] [Pid:(1234)]executeForLong took 0ms - succeeded, sql="…", path=/data/…`
        let Some((time, rest)) = text
            .split_once(": [")
            .filter(|it| it.0.bytes().all(|it| it.is_ascii_digit()))
            .and_then(|it| it.1.split_once(']'))
        else {
            continue;
        };
        let path = rest.rsplit_once("path=").map_or(&*pool, |it| it.1.trim());
        let draft = Draft::line(line.number, format!("{time} {}", rest.trim())).file(path);
        let draft = draft.app(names::package_of_path(path).unwrap_or_default());
        sink.take(draft.when(sink.when("asked", time)));
    }
}
