//! What ran: `ps`, in any of its shapes. The heading tells the columns; the last is the name, and may have spaces.

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;

pub(super) const NAME: &str = "processes";

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut columns: Vec<String> = Vec::new();
    for line in lines.iter() {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        if words.contains(&"PID") && words.contains(&"USER") {
            columns = words.into_iter().map(str::to_owned).collect();
            continue;
        }
        if columns.is_empty() || words.is_empty() {
            continue;
        }
        let last = columns.len().saturating_sub(1);
        let Some(name) = words.get(last..).filter(|it| !it.is_empty()) else {
            sink.bad(format!("line {} has too few columns", line.number));
            continue;
        };
        let name = name.join(" ");
        let column = |it: &str| {
            let at = columns.iter().position(|column| column == it)?;
            words.get(at).copied()
        };
        let called = name.trim_matches(['[', ']']);
        let (user, pid) = (column("USER").unwrap_or("?"), column("PID").unwrap_or("?"));
        let text = format!("{name}, process {pid} of {user}");
        let text = match column("TID") {
            Some(thread) if thread != pid => format!("{text}, thread {thread}"),
            _ => text,
        };
        sink.take(Draft::line(line.number, text).process(called));
    }
}
