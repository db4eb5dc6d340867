//! Where the files of the log lie in evidence.

use std::collections::HashMap;

use super::talk::Wanted;
use crate::{Files, Kind};

/// The files of the log, by what they are.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The logs, by their paths.
    pub(super) logs: Vec<usize>,
    strings: HashMap<String, usize>,
    shared: HashMap<String, usize>,
    times: Vec<usize>,
}

impl Places {
    pub(super) fn of(files: &dyn Files) -> Self {
        let roots: &[&str] = match files.kind() {
            Kind::Sysdiagnose => &["system_logs.logarchive/"],
            Kind::IosDump => &["private/var/db/diagnostics/", "private/var/db/uuidtext/"],
            _ => &[],
        };
        let mut places = Self::default();
        let mut paths: Vec<(&str, usize)> =
            files.entries().iter().enumerate().map(|(at, it)| (it.path.as_str(), at)).collect();
        paths.sort_unstable();
        for (path, entry) in paths {
            let Some(rest) = roots.iter().find_map(|it| path.strip_prefix(it)) else { continue };
            let (folder, name) = rest.rsplit_once('/').unwrap_or(("", rest));
            let folder = folder.rsplit('/').next().unwrap_or_default();
            let hex = |text: &str, length: usize| {
                text.len() == length && text.bytes().all(|it| it.is_ascii_hexdigit())
            };
            // Macs keep attributes of others in files beside them.
            if name.starts_with("._") {
            } else if name.ends_with(".tracev3") {
                places.logs.push(entry);
            } else if name.ends_with(".timesync") {
                places.times.push(entry);
            } else if hex(folder, 2) && hex(name, 30) {
                places.strings.insert(format!("{folder}{name}").to_ascii_uppercase(), entry);
            } else if folder == "dsc" && hex(name, 32) {
                places.shared.insert(name.to_ascii_uppercase(), entry);
            }
        }
        places
    }

    /// The file that a reader wants. It gets no other than these, whatever it asks for.
    pub(super) fn find(&self, wanted: &Wanted) -> Option<usize> {
        match wanted {
            Wanted::Strings(id) => self.strings.get(id).copied(),
            Wanted::Shared(id) => self.shared.get(id).copied(),
            Wanted::Times(number) => self.times.get(usize::try_from(*number).ok()?).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Held;

    #[test]
    fn files_are_known_by_their_paths() {
        let root = "system_logs.logarchive";
        let id = "0123456789abcdef0123456789ABCDEF";
        let paths = [
            format!("{root}/Persist/2.tracev3"),
            format!("{root}/Persist/1.tracev3"),
            format!("{root}/Persist/._1.tracev3"),
            "logs/other.tracev3".to_owned(),
            format!("{root}/{}/{}", &id[..2], &id[2..]),
            format!("{root}/dsc/{id}"),
            format!("{root}/timesync/1.timesync"),
            format!("{root}/Info.plist"),
        ];
        let files = paths.iter().fold(Held::new(Kind::Sysdiagnose), |held, path| held.with(path, b""));
        let places = Places::of(&files);
        assert_eq!(places.logs, [1, 0]);
        let id = id.to_ascii_uppercase();
        assert_eq!(places.find(&Wanted::Strings(id.clone())), Some(4));
        assert_eq!(places.find(&Wanted::Shared(id)), Some(5));
        assert_eq!(places.find(&Wanted::Times(0)), Some(6));
        assert_eq!(places.find(&Wanted::Times(1)), None);
        assert_eq!(places.find(&Wanted::Strings("../../ps.txt".to_owned())), None);
    }
}
