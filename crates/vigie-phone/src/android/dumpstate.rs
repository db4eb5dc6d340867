//! Cuts the long text of a bug report, or of `dumpsys`, into its sections.
//!
//! ```text
//! ------ SYSTEM PROPERTIES (getprop) ------        a title, until the next or the line that tells its duration
//! -------------------------------------------------------------------------------
//! DUMP OF SERVICE CRITICAL package:                 a service, until the next, the line of dashes or the duration
//! ```
//!
//! Vendors leave out the lines of dashes or the durations, and end lines with CR LF. A section that the end of the text cuts
//! is given as far as it goes.

use memchr::memchr_iter;

use super::lines::Lines;

/// What a section is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of<'a> {
    /// `DUMP OF SERVICE name:`
    Service(&'a str),
    /// `------ TITLE (command) ------`, without the command.
    Title(&'a str),
}

/// A section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a> {
    pub(super) of: Of<'a>,
    /// The lines after its heading.
    pub(super) lines: Lines<'a>,
    /// Whether nothing but the end of the text ends it.
    pub(super) is_open: bool,
}

enum Heading<'a> {
    Begins(Of<'a>),
    Ends,
}

/// The sections, in the order of the text.
pub(super) fn sections(bytes: &[u8]) -> Vec<Section<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(Of<'_>, usize, u64)> = None;
    let mut start = 0;
    let ends = memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len()));
    for (number, end) in (1_u64..).zip(ends) {
        let line = bytes.get(start..end).unwrap_or_default();
        if let Some(heading) = heading(line) {
            if let Some((of, from, first)) = open.take() {
                let body = bytes.get(from..start).unwrap_or_default();
                found.push(Section { of, lines: Lines::part(body, first), is_open: false });
            }
            if let Heading::Begins(of) = heading {
                open = Some((of, end.saturating_add(1).min(bytes.len()), number + 1));
            }
        }
        start = end.saturating_add(1);
    }
    if let Some((of, from, first)) = open {
        let body = bytes.get(from..).unwrap_or_default();
        found.push(Section { of, lines: Lines::part(body, first), is_open: true });
    }
    found
}

fn heading(line: &[u8]) -> Option<Heading<'_>> {
    if !line.starts_with(b"------") && !line.starts_with(b"DUMP OF SERVICE ") {
        return None;
    }
    let line = std::str::from_utf8(line).ok()?.trim_end();
    if let Some(rest) = line.strip_prefix("DUMP OF SERVICE ") {
        let rest = rest.trim_end_matches(':');
        // `DUMP OF SERVICE HIGH meminfo:`, `DUMP OF SERVICE android.hardware.x.IY/default:`
        let name = rest.rsplit(' ').next().unwrap_or(rest);
        return Some(Heading::Begins(Of::Service(name)));
    }
    if line.bytes().all(|it| it == b'-') {
        return (line.len() >= 20).then_some(Heading::Ends);
    }
    if line.contains(" was the duration of ") {
        return Some(Heading::Ends);
    }
    let title = line.strip_prefix("------ ")?.strip_suffix("------")?.trim_end();
    let title = title.split_once(" (").map_or(title, |it| it.0);
    Some(Heading::Begins(Of::Title(title.trim())))
}

/// When the dump was made, as its head says: `== dumpstate: 2024-03-21 11:07:22`.
pub(super) fn made(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(4096))?;
    let line = Lines::new(head).iter().find(|it| it.text.starts_with("== dumpstate: "))?;
    line.text.strip_prefix("== dumpstate: ").map(|it| it.trim().to_owned())
}

/// The value of a property in the section of properties, wherever in the text that is.
pub(super) fn property(bytes: &[u8], name: &str) -> Option<String> {
    let key = format!("[{name}]: [");
    let at = memchr::memmem::find(bytes, key.as_bytes())?;
    let rest = bytes.get(at + key.len()..)?;
    let value = rest.get(..memchr::memchr(b']', rest)?)?;
    std::str::from_utf8(value).ok().map(str::to_owned)
}

/// Whether the text is a whole dump: the phone says so at its end. None where the text is no dump of this kind.
pub(super) fn is_whole(bytes: &[u8]) -> Option<bool> {
    made(bytes)?;
    let tail = bytes.get(bytes.len().saturating_sub(4096)..)?;
    Some(memchr::memmem::find(tail, b"== dumpstate: done").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let got: Vec<String> = sections(text.as_bytes())
                .iter()
                .map(|it| {
                    let lines: Vec<String> = it.lines.iter().map(|it| it.text.into_owned()).collect();
                    let first = it.lines.iter().next().map_or(0, |it| it.number);
                    format!("{:?} {first}: {}", it.of, lines.join("/"))
                })
                .collect();
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn titles_and_services_are_told_apart() {
        check(
            "head\n------ LSMOD (lsmod) ------\na\nb\n------ 0.1s was the duration of 'LSMOD' ------\nlost\n\
             -------------------------------------------------------------------------------\n\
             DUMP OF SERVICE CRITICAL package:\nc\n\
             --------- 0.001s was the duration of dumpsys package, ending at: 2024-03-21 11:07:22\n\
             -------------------------------------------------------------------------------\n\
             DUMP OF SERVICE vpn_management:\nd",
            &["Title(\"LSMOD\") 3: a/b/", "Service(\"package\") 9: c/", "Service(\"vpn_management\") 13: d"],
        );
    }

    #[test]
    fn what_vendors_leave_out_is_not_needed() {
        check(
            "DUMP OF SERVICE a:\n1\nDUMP OF SERVICE b:\n------ T ------\n3\n--------- beginning of main\n4",
            &[
                "Service(\"a\") 2: 1/",
                "Service(\"b\") 4: ",
                "Title(\"T\") 5: 3/--------- beginning of main/4",
            ],
        );
        check("", &[]);
        check("DUMP OF SERVICE a:", &["Service(\"a\") 2: "]);
    }

    #[test]
    fn the_head_and_the_properties_are_found() {
        let text = b"========\n== dumpstate: 2024-03-21 11:07:22\n========\n[persist.sys.timezone]: [Africa/Casablanca]\n";
        assert_eq!(made(text).as_deref(), Some("2024-03-21 11:07:22"));
        assert_eq!(property(text, "persist.sys.timezone").as_deref(), Some("Africa/Casablanca"));
        assert_eq!(is_whole(text), Some(false));
        assert_eq!(is_whole(&[&text[..], b"== dumpstate: done (id 1)\n"].concat()), Some(true));
        assert_eq!(is_whole(b"x"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_loses_no_heading(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400),
                                             text in "(-{0,30}|DUMP OF SERVICE [a-z]{0,3}:|------ [A-Z]{1,3} ------|x|\r?\n){0,40}") {
            sections(&bytes);
            let services = text.lines().filter(|it| it.starts_with("DUMP OF SERVICE ")).count();
            let got = sections(text.as_bytes()).iter().filter(|it| matches!(it.of, Of::Service(_))).count();
            proptest::prop_assert_eq!(got, services);
        }
    }
}
