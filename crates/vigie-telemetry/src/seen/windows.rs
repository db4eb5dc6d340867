//! Processes, programs, files in folders, keys of the registry and users: what the logs of a host speak of.

use super::text::part;
use super::{Seen, number};
use crate::meaning::{Meaning, Slot};
use std::borrow::Cow;
use vigie_model::event::{Observed, Path};

/// Short names of the registry's hives, and the names that STIX 2.1 asks for (section 6.17).
const HIVES: &[(&str, &str)] = &[
    ("HKLM", "HKEY_LOCAL_MACHINE"),
    ("HKU", "HKEY_USERS"),
    ("HKCU", "HKEY_CURRENT_USER"),
    ("HKCR", "HKEY_CLASSES_ROOT"),
    ("HKCC", "HKEY_CURRENT_CONFIG"),
    ("\\REGISTRY\\MACHINE", "HKEY_LOCAL_MACHINE"),
    ("\\REGISTRY\\USER", "HKEY_USERS"),
];

impl<'a> Seen<'a> {
    /// Takes one field of a host's log. False: the text does not have the form that this meaning asks for.
    pub(super) fn take_of_host(&mut self, meaning: Meaning, text: Cow<'a, str>) -> bool {
        match meaning {
            Meaning::Image(process) => self.image(process, text),
            Meaning::Pid(process) => {
                let hexadecimal = text.strip_prefix("0x").map(|it| i64::from_str_radix(it, 16).ok());
                let pid = hexadecimal.unwrap_or_else(|| number(&text));
                pid.is_some_and(|it| self.of(process, Path::ProcessId, it.into()))
            }
            Meaning::FilePath(file) => self.file_path(file, text),
            Meaning::Hashes(file) => self.hashes(file, &text),
            Meaning::RegistryKey => self.of(Slot::Registry, Path::RegistryKey, Observed::Text(key(text))),
            Meaning::RegistryTarget => self.registry_target(text),
            Meaning::User(user) => self.user(user, text).is_some(),
            Meaning::Owner(process) => {
                let user = if process == Slot::Target { Slot::TargetUser } else { Slot::User };
                // The one who runs the parent is told by a name of its own, and stands alone.
                let owner = if process == Slot::Parent { self.login(text) } else { self.user(user, text) };
                owner.is_some_and(|it| self.of(process, Path::ProcessUser, Observed::Object(it)))
            }
            Meaning::Answers => self.answers(&text),
            _ => true, // of the connection or the request: `take` has dealt with them
        }
    }

    /// Says which process started which, once both are known.
    pub(super) fn finish_processes(&mut self) {
        if let (Some(_), Some(parent)) = (self.slot(Slot::Process), self.slot(Slot::Parent)) {
            self.of(Slot::Process, Path::ProcessParent, Observed::Object(parent));
        }
    }

    /// A program and the process that runs it.
    fn image(&mut self, process: Slot, text: Cow<'a, str>) -> bool {
        let name = part(&text, last_part(&text)..text.len());
        let file = process.image();
        self.file_path(file, text);
        if let Some(file) = self.slot(file) {
            self.of(process, Path::ProcessImage, Observed::Object(file));
        }
        self.of(process, Path::ProcessName, Observed::Text(name))
    }

    /// A file by its path: its name both ways, and its folder.
    fn file_path(&mut self, file: Slot, text: Cow<'a, str>) -> bool {
        let end = text.get(..last_part(&text)).map_or(0, |it| match it.trim_end_matches(['\\', '/']) {
            root if root.is_empty() || root.ends_with(':') => it.len(),
            folder => folder.len(),
        });
        let folder = (end > 0).then(|| part(&text, 0..end));
        self.file_name(file, text);
        if let Some(folder) = folder.and_then(|it| self.object(Path::FolderPath, it)) {
            self.of(file, Path::FileFolder, Observed::Object(folder));
        }
        true
    }

    /// `SHA1=…,MD5=…`; Sysmon's `IMPHASH` has no place in STIX.
    fn hashes(&mut self, file: Slot, text: &Cow<'a, str>) -> bool {
        let (mut start, mut good) = (0, true);
        for piece in text.split(',') {
            let end = start + piece.len();
            if let Some((name, _)) = piece.split_once('=')
                && !name.eq_ignore_ascii_case("IMPHASH")
            {
                good &= self.hash(file, part(text, start + name.len() + 1..end));
            }
            start = end + 1;
        }
        good
    }

    fn registry_target(&mut self, text: Cow<'a, str>) -> bool {
        let text = key(text);
        let Some(end) = text.rfind('\\') else { return false };
        self.of(Slot::Registry, Path::RegistryKey, Observed::Text(part(&text, 0..end)));
        let name = part(&text, end + 1..text.len());
        self.of(Slot::Registry, Path::RegistryValueName, Observed::Text(name))
    }

    /// A user's name, as written and without the domain before it, of the slot's account.
    fn user(&mut self, slot: Slot, text: Cow<'a, str>) -> Option<u16> {
        let name = last_part(&text);
        if name > 0 && name < text.len() {
            self.of(slot, Path::UserLogin, Observed::Text(part(&text, name..text.len())));
        }
        self.of(slot, Path::UserLogin, Observed::Text(text));
        self.slot(slot)
    }

    fn login(&mut self, text: Cow<'a, str>) -> Option<u16> {
        let name = last_part(&text);
        let user = self.object(Path::UserLogin, part(&text, name..text.len()))?;
        if name > 0 {
            self.push(user, Path::UserLogin, Observed::Text(text));
        }
        Some(user)
    }

    /// The answers to the name that was asked: addresses, and `type: 5 name` for an alias.
    fn answers(&mut self, text: &Cow<'a, str>) -> bool {
        let owner = self.names.first().map(|it| it.1);
        let mut start = 0;
        for piece in text.split(';') {
            let end = start + piece.len();
            let skipped = match piece.strip_prefix("type:").and_then(|it| it.trim_start().split_once(' ')) {
                Some((_, name)) => piece.len() - name.trim_start().len(),
                None => 0,
            };
            let answer = part(text, start + skipped..end);
            // Windows writes a version 4 address as a version 6 one.
            let answer = match answer.strip_prefix("::ffff:").map(str::len) {
                Some(length) => part(&answer, answer.len() - length..answer.len()),
                None => answer,
            };
            if !answer.is_empty() && answer != "-" {
                self.answer(owner, answer, false);
            }
            start = end + 1;
        }
        true
    }
}

/// Where the last part of a path or of `DOMAIN\user` begins.
fn last_part(text: &str) -> usize {
    text.rfind(['/', '\\']).map_or(0, |it| it + 1)
}

/// A key with its hive written out.
fn key(text: Cow<'_, str>) -> Cow<'_, str> {
    for (short, full) in HIVES {
        let head = text.get(..short.len()).is_some_and(|it| it.eq_ignore_ascii_case(short));
        let rest = text.get(short.len()..).unwrap_or_default();
        if head && (rest.is_empty() || rest.starts_with('\\')) {
            return Cow::Owned(format!("{full}{rest}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[track_caller]
    fn check(fields: &[(Meaning, &'static str)], want: &str) {
        let mut seen = Seen::new(64);
        for (meaning, text) in fields {
            assert!(seen.take(*meaning, Cow::Borrowed(text)), "{meaning:?} {text}");
        }
        let mut got = String::new();
        for it in seen.finish().observables {
            let value = match it.value {
                Observed::Text(text) => text.into_owned(),
                Observed::Number(number) => number.to_string(),
                Observed::Object(object) => format!("#{object}"),
            };
            let _infallible = writeln!(got, "#{} {}={value}", it.object, it.path);
        }
        assert_eq!(got.trim_end(), want.replace("\n        ", "\n"), "{fields:?}");
    }

    #[test]
    fn a_process_and_what_started_it() {
        check(
            &[
                (Meaning::Image(Slot::Process), "C:\\Windows\\cmd.exe"),
                (Meaning::Pid(Slot::Process), "0x1f4"),
                (Meaning::Pid(Slot::Parent), "4"),
            ],
            "#0 file:name=cmd.exe
        #0 file:name=C:\\Windows\\cmd.exe
        #1 directory:path=C:\\Windows
        #0 file:parent_directory_ref=#1
        #2 process:image_ref=#0
        #2 process:name=cmd.exe
        #2 process:pid=500
        #3 process:pid=4
        #2 process:parent_ref=#3",
        );
    }

    #[test]
    fn keys_hashes_users_and_answers() {
        check(
            &[(Meaning::RegistryTarget, "HKLM\\Software\\Run\\a")],
            "#0 windows-registry-key:key=HKEY_LOCAL_MACHINE\\Software\\Run
        #0 windows-registry-key:values[*].name=a",
        );
        check(
            &[(Meaning::RegistryKey, "\\REGISTRY\\USER\\S-1")],
            "#0 windows-registry-key:key=HKEY_USERS\\S-1",
        );
        check(&[(Meaning::RegistryKey, "HKLMX\\a")], "#0 windows-registry-key:key=HKLMX\\a");
        check(
            &[(Meaning::Hashes(Slot::File), "MD5=D41D8CD98F00B204E9800998ECF8427E,IMPHASH=00")],
            "#0 file:hashes.MD5=d41d8cd98f00b204e9800998ecf8427e",
        );
        check(
            &[(Meaning::User(Slot::User), "CORP\\jane")],
            "#0 user-account:account_login=jane
        #0 user-account:account_login=CORP\\jane",
        );
        check(
            &[(Meaning::Query, "a.example"), (Meaning::Answers, "type:  5 b.example;::ffff:192.0.2.1;")],
            "#0 domain-name:value=a.example
        #1 domain-name:value=b.example
        #0 domain-name:resolves_to_refs[*]=#1
        #2 ipv4-addr:value=192.0.2.1
        #0 domain-name:resolves_to_refs[*]=#2",
        );
    }
}
