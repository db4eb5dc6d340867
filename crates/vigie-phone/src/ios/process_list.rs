//! What ran when a sysdiagnose was taken: `ps.txt` and `ps_thread.txt`.
//!
//! The heading tells the columns, which differ between versions; the last, the command line, may have spaces.

use super::draft::Draft;
use super::program;
use super::tally::Tally;
use super::values;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact =
    Artefact { name: "ps", places: &[(Kind::Sysdiagnose, &["ps.txt"])], reader: processes };

pub(crate) const THREADS: Artefact =
    Artefact { name: "ps_thread", places: &[(Kind::Sysdiagnose, &["ps_thread.txt"])], reader: threads };

fn processes(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    read(ARTEFACT.name, false, input, tell)
}

fn threads(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    read(THREADS.name, true, input, tell)
}

fn read(name: &'static str, has_threads: bool, input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(name, input, tell);
    let mut columns: Vec<String> = Vec::new();
    for line in Lines::new(input.bytes).iter() {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        if words.contains(&"PID") && words.contains(&"USER") {
            // Lists of threads name their user and command twice; what counts is the first.
            let end = words.iter().position(|it| *it == "COMMAND").unwrap_or(words.len());
            columns = words.into_iter().take(end + 1).map(str::to_owned).collect();
            continue;
        }
        // The further threads of a process are lines that begin with a space.
        if words.is_empty() || columns.is_empty() || (has_threads && line.indent() > 0) {
            continue;
        }
        let column = |it: &str| Some(*words.get(columns.iter().position(|column| column == it)?)?);
        let Some(command) = rest(&line.text, columns.len().saturating_sub(1)) else {
            tally.lose(format!("line {} has too few columns", line.number));
            continue;
        };
        let mut draft = Draft::of("line", line.number);
        let (pid, user) = (column("PID").unwrap_or("?"), column("USER").unwrap_or("?"));
        draft.say(&format!("{command}, process {pid} of {user}"));
        draft.tell("started", column("STARTED").unwrap_or_default());
        draft.when(values::exact("running", input.zone.instant()));
        program::commanded(&mut draft, command);
        tally.take(draft);
    }
    if columns.is_empty() {
        tally.cut("has no heading that names its columns");
    }
    tally.state()
}

/// A line after so many words.
fn rest(line: &str, words: usize) -> Option<&str> {
    let mut rest = line.trim_start();
    for _ in 0..words {
        let end = rest.find(char::is_whitespace)?;
        rest = rest.get(end..)?.trim_start();
    }
    Some(rest.trim_end()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Zone;
    use crate::ios::testing::{lines, read_in, render};

    #[test]
    fn the_columns_of_old_and_new_versions() {
        let new = "USER               UID PRSNA   PID  PPID        F  %CPU %MEM PRI NI      VSZ    RSS WCHAN    TT  STAT STARTED      TIME COMMAND\n\
            root                 0     -     1     0     4004   0.0  0.0   0  0        0      0 -        ??  ?s   Tue09PM   0:00.00 /sbin/launchd\n\
            mobile             501   200    99     1  4004004   0.0  0.0   0  0        0      0 -        ??  ?s    7:47AM   0:00.00 /private/var/db/com.apple.xpc.roleaccountd.staging/bh\n\
            root cut\n";
        let zone = Zone::of_sysdiagnose("sysdiagnose_2026.05.30_10-00-00+0200_x").unwrap();
        let (records, state) = read_in(&ARTEFACT, &zone, "ps.txt", new.as_bytes());
        assert_eq!(
            render(&records, &state),
            "line 2 | running 2026-05-30T08:00:00Z Exact | /sbin/launchd, process 1 of root; started Tue09PM | \
             process:name=launchd file:path=/sbin/launchd file:name=launchd\n\
             line 3 | running 2026-05-30T08:00:00Z Exact | /private/var/db/com.apple.xpc.roleaccountd.staging/bh, \
             process 99 of mobile; started 7:47AM | process:name=bh \
             file:path=/private/var/db/com.apple.xpc.roleaccountd.staging/bh file:name=bh !staging-program\n\
             partial 2 of Some(3): line 4 has too few columns\n"
        );
        let old = "USER UID PID PPID %CPU %MEM PRI NI VSZ RSS WCHAN TT STAT STARTED TIME COMMAND\n\
            root 0 1 0 0.0 0.4 37 0 4226848 8912 - ?? Ss 14Jan19 7:27.40 /sbin/launchd\n";
        assert!(lines(&ARTEFACT, old.as_bytes()).contains("process:name=launchd"), "{old}");
    }

    #[test]
    fn threads_are_told_by_their_process() {
        let list = "USER  PID   TT   %CPU STAT PRI     STIME     UTIME COMMAND\n\
            root    1   ??    0.0 S    37T   0:00.01   0:00.02 /sbin/launchd\n\
            \x20       1         0.0 S    37T   0:00.01   0:00.02\n\
            mobile  9   ??    0.0 S    37T   0:00.01   0:00.02 /usr/libexec/bh\n";
        let told = lines(&THREADS, list.as_bytes());
        assert!(told.contains("process:name=bh") && told.ends_with("present 2\n"), "{told}");
    }

    #[test]
    fn no_heading_is_damage() {
        assert_eq!(lines(&ARTEFACT, b"x y z\n"), "unreadable: has no heading that names its columns\n");
        assert_eq!(lines(&ARTEFACT, b""), "unreadable: has no heading that names its columns\n");
    }
}
