//! Apps that were installed and deleted, as the phone's package manager logged it. Some makers keep months of it.
//!
//! ```text
//! 2025-03-28 02:22:45.340: START INSTALL PACKAGE: observer{1}
//!           pkg{com.example}
//!           Request from{com.android.vending}
//! 2024-10-18 09:52:01.536: START DELETE PACKAGE: observer{4}
//! pkg{com.example}, user{10}, caller{1010253} flags{4}
//! ```

use std::fmt::Write;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::trust;

pub(super) const NAME: &str = "package_log";

/// A block has no more lines than this.
const BLOCK: u64 = 8;

struct Block {
    line: u64,
    what: &'static str,
    time: String,
    details: String,
}

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut open: Option<Block> = None;
    for line in lines.iter() {
        let text = line.text.trim();
        let begun = [("START INSTALL PACKAGE", "installed"), ("START DELETE PACKAGE", "deleted")]
            .into_iter()
            .find_map(|(mark, what)| text.split_once(mark).map(|it| (what, it.0, it.1)));
        if let Some((what, before, after)) = begun {
            close(open.take(), sink);
            let time = before.trim().trim_end_matches(':').to_owned();
            open = Some(Block { line: line.number, what, time, details: after.to_owned() });
            continue;
        }
        let Some(block) = &mut open else { continue };
        let belongs = text.contains('{') && !text.starts_with(|it: char| it.is_ascii_digit());
        if belongs && line.number - block.line < BLOCK {
            block.details.push(' ');
            block.details.push_str(text);
        } else {
            close(open.take(), sink);
        }
    }
    close(open, sink);
}

fn close(block: Option<Block>, sink: &mut Sink<'_, '_>) {
    let Some(it) = block else { return };
    let Some(package) = value(&it.details, "pkg{") else {
        sink.bad(format!("line {} names no package", it.line));
        return;
    };
    let by = value(&it.details, "Request from{").filter(|it| *it != "null");
    let mut text = format!("{}: {package} {}", it.time, it.what);
    if let Some(by) = by.or_else(|| value(&it.details, "caller{")) {
        let _ = write!(text, " by {by}");
    }
    let draft = Draft::line(it.line, text).app(package).when(sink.when(it.what, &it.time));
    let draft = match value(&it.details, "stagedDir{").filter(|it| it.starts_with('/')) {
        Some(path) => draft.file(path),
        None => draft,
    };
    let installed = it.what == "installed";
    sink.take(if installed { trust::installed(draft, package, by, false) } else { draft });
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split_once(key)?.1.split('}').next().filter(|it| !it.is_empty())
}
