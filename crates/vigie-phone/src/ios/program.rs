//! Programs as lists of processes and logs name them.

use vigie_model::event::Path;

use super::draft::Draft;
use crate::Sign;

/// Folders for passing data, from where no program runs on a healthy phone.
const STAGING: [&str; 4] = ["/var/db/", "/var/tmp/", "/tmp/", "/var/root/"];

/// Ends of folders that are programs, and whose names may have spaces.
const BUNDLES: [&str; 4] = [".app/", ".appex/", ".xpc/", ".framework/"];

/// A program by its path: a process, a file, and a sign if it runs from where none belongs.
pub(super) fn seen(draft: &mut Draft, path: &str) {
    let path = without_uuid(path.trim());
    draft.see(Path::ProcessName, path.rsplit('/').next().unwrap_or_default());
    if path.starts_with('/') {
        draft.file(path);
        if is_staged(path) {
            draft.sign(Sign::StagingProgram);
        }
    }
}

/// A program by its name, which may be a path or a bundle.
pub(super) fn named(draft: &mut Draft, name: &str) {
    seen(draft, name);
    draft.bundle(name);
}

/// A command line: a path that may have spaces, and what comes after it.
pub(super) fn commanded(draft: &mut Draft, command: &str) {
    let path = executable(command);
    seen(draft, path);
    // `/usr/libexec/x mode`: a path with a space, or an argument? Both are said.
    let first = path.split(' ').next().unwrap_or_default();
    if first != path && !BUNDLES.iter().any(|it| path.contains(it)) {
        seen(draft, first);
    }
}

/// Whether a path leads to where no program belongs.
pub(super) fn is_staged(path: &str) -> bool {
    let path = path.strip_prefix("/private").unwrap_or(path);
    STAGING.iter().any(|it| path.starts_with(it))
}

/// A path without the binary's UUID at its end, as iOS 26 writes it.
pub(super) fn without_uuid(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((before, last)) if is_uuid(last) && before.contains('/') => before,
        _ => path,
    }
}

/// Whether a text is a UUID: `EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34A`.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, it)| match at {
            8 | 13 | 18 | 23 => it == b'-',
            _ => it.is_ascii_hexdigit(),
        })
}

/// Whether a text is the name of a bundle rather than a program with a dot in it.
pub(super) fn is_bundle(text: &str) -> bool {
    let known = ["com.", "net.", "org.", "io.", "de.", "fr.", "uk.", "eu.", "group."];
    let part = |it: &str| {
        !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
    };
    text.len() <= 255
        && text.split('.').all(part)
        && (text.matches('.').count() >= 2 || known.iter().any(|it| text.starts_with(it)))
        && text.split('.').next().is_some_and(|it| it.len() > 1 && it.bytes().all(|b| b.is_ascii_lowercase()))
}

/// The path at the front of a command line. A path may have spaces, so it ends at an option or at `(`; within a bundle the
/// search begins at its program.
fn executable(command: &str) -> &str {
    let command = command.trim();
    let from = BUNDLES.iter().filter_map(|it| Some(command.rfind(it)? + it.len())).max().unwrap_or(0);
    let rest = command.get(from..).unwrap_or_default();
    let end = [" -", " (", " /"].iter().filter_map(|it| rest.find(it)).min();
    command.get(..from + end.unwrap_or(rest.len())).unwrap_or(command).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::told_of;

    #[test]
    fn programs_are_seen() {
        #[track_caller]
        fn check(command: &str, want: &str) {
            let mut draft = Draft::of("x", 1);
            commanded(&mut draft, command);
            assert_eq!(told_of(draft), want, "{command}");
        }
        check("/sbin/launchd", "process:name=launchd file:path=/sbin/launchd file:name=launchd");
        check(
            "/usr/libexec/UserEventAgent (System)",
            "process:name=UserEventAgent file:path=/usr/libexec/UserEventAgent file:name=UserEventAgent",
        );
        check(
            "/private/var/containers/Bundle/Application/X/My App.app/My App -x /y",
            "process:name=My App file:path=/private/var/containers/Bundle/Application/X/My App.app/My App \
             file:name=My App",
        );
        check(
            "/private/var/db/com.apple.xpc.roleaccountd.staging/bh mode",
            "process:name=bh mode file:path=/private/var/db/com.apple.xpc.roleaccountd.staging/bh mode \
             file:name=bh mode process:name=bh file:path=/private/var/db/com.apple.xpc.roleaccountd.staging/bh \
             file:name=bh !staging-program",
        );
        check("bh", "process:name=bh");
        check("", "");
    }

    #[test]
    fn the_uuid_at_the_end_goes() {
        #[track_caller]
        fn check(path: &str, want: &str) {
            assert_eq!(without_uuid(path), want);
        }
        check("/usr/libexec/nfcd/EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34A", "/usr/libexec/nfcd");
        check("/usr/libexec/nfcd", "/usr/libexec/nfcd");
        check("/EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34A", "/EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34A");
        check("/x/EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34", "/x/EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34");
    }

    #[test]
    fn where_no_program_belongs() {
        for it in ["/private/var/db/x/bh", "/var/tmp/a", "/private/tmp/b", "/private/var/root/c"] {
            assert!(is_staged(it), "{it}");
        }
        for it in ["/usr/libexec/nfcd", "/private/var/containers/Bundle/Application/U/A.app/A", "bh", ""] {
            assert!(!is_staged(it), "{it}");
        }
    }

    #[test]
    fn names_with_dots_are_not_all_bundles() {
        for it in ["com.example", "ph.telegra.Telegraph", "com.apple.WebKit.Networking"] {
            assert!(is_bundle(it), "{it}");
        }
        for it in ["Foo.app", "main.swift", "MIContainer.m", "1.2.3", "a.b.c"] {
            assert!(!is_bundle(it), "{it}");
        }
    }
}
