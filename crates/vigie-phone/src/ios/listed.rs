//! What the list of files says by itself: every path of a file, folder or link, and the sites that folders are named after.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::draft::Draft;
use super::program;
use super::values;
use crate::{Entry, Files, Kind, Limits, Record, State, Told, link};

const MANIFEST: &str = "manifest";
const FILESYSTEM: &str = "filesystem";
const INDEXED_DB: &str = "webkit_indexeddb";
const LOCAL_STORAGE: &str = "webkit_localstorage";
const SAFARI_VIEW: &str = "webkit_safariviewservice";

/// The artefacts of this file, in the order in which states are told.
pub(super) const NAMES: [&str; 5] = [MANIFEST, FILESYSTEM, INDEXED_DB, LOCAL_STORAGE, SAFARI_VIEW];

/// What domains of a backup are in the phone. Those of apps lie in folders of random names, and are told from there on.
const DOMAINS: [(&str, &str); 16] = [
    ("HomeDomain", "/private/var/mobile"),
    ("MediaDomain", "/private/var/mobile"),
    ("CameraRollDomain", "/private/var/mobile"),
    ("TonesDomain", "/private/var/mobile"),
    ("BooksDomain", "/private/var/mobile/Media/Books"),
    ("HealthDomain", "/private/var/mobile/Library"),
    ("HomeKitDomain", "/private/var/mobile"),
    ("RootDomain", "/private/var/root"),
    ("WirelessDomain", "/private/var/wireless"),
    ("KeychainDomain", "/private/var/Keychains"),
    ("ManagedPreferencesDomain", "/private/var/Managed Preferences"),
    ("MobileDeviceDomain", "/private/var/MobileDevice"),
    ("SystemPreferencesDomain", "/private/var/preferences"),
    ("DatabaseDomain", "/private/var/db"),
    ("InstallDomain", "/private/var/installd"),
    ("NetworkDomain", "/private/var/networkd"),
];

/// Folders whose folders are named after sites.
const SITES: [(&str, &str); 8] = [
    (INDEXED_DB, "/WebsiteData/IndexedDB/"),
    (INDEXED_DB, "/WebKit/IndexedDB/"),
    (INDEXED_DB, "/IndexedDB/v1/"),
    (LOCAL_STORAGE, "/WebsiteData/LocalStorage/"),
    (LOCAL_STORAGE, "/WebKit/LocalStorage/"),
    (SAFARI_VIEW, "/SystemData/com.apple.SafariViewService/Library/WebKit/WebsiteData/LocalStorage/"),
    (SAFARI_VIEW, "/SystemData/com.apple.SafariViewService/Library/WebKit/WebsiteData/IndexedDB/"),
    (SAFARI_VIEW, "/SystemData/com.apple.SafariViewService/Library/WebKit/WebsiteData/IndexedDB/v1/"),
];

/// Tells every path, and the sites that folders are named after.
pub(super) fn read(files: &mut dyn Files, limits: &Limits, out: &mut dyn FnMut(Record)) -> Vec<Told> {
    let kind = files.kind();
    let list = match kind {
        Kind::IosBackup => Some(MANIFEST),
        Kind::IosDump => Some(FILESYSTEM),
        _ => None,
    };
    let mut told: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut sites = BTreeSet::new();
    for entry in files.entries().iter().chain(files.folders()) {
        let Some(list) = list else { continue };
        *told.entry(list).or_default() += 1;
        out(file(kind, entry).record(list, &Arc::from(entry.path.as_str()), limits.text_bytes));
        let Some((artefact, site)) = site(&entry.path).filter(|_| kind == Kind::IosDump) else { continue };
        // A folder of a site has several files.
        let folder = format!("{artefact} {}", entry.path.split_once(site).map_or("", |it| it.0)) + site;
        if sites.insert(folder) {
            *told.entry(artefact).or_default() += 1;
            out(of_site(site, entry).record(artefact, &Arc::from(entry.path.as_str()), limits.text_bytes));
        }
    }
    let state = |name: &'static str| match (name, told.get(name)) {
        (_, Some(records)) => State::Present { records: *records },
        (MANIFEST, _) if kind == Kind::IosBackup => State::Present { records: 0 },
        (FILESYSTEM | INDEXED_DB | LOCAL_STORAGE | SAFARI_VIEW, _) if kind == Kind::IosDump => State::Absent,
        _ => State::NotInThisKind,
    };
    NAMES.map(|name| Told { artefact: name, file: None, state: state(name) }).into()
}

fn file(kind: Kind, entry: &Entry) -> Draft {
    let mut draft = Draft::of("the", "entry");
    for (what, time) in times(entry) {
        draft.when(values::exact(what, Some(time)));
    }
    let path = match kind {
        Kind::IosBackup => on_phone(&entry.path),
        _ => format!("/{}", entry.path),
    };
    draft.say(&path);
    draft.file(&path);
    draft
}

/// What happened to a file when; what happened at the same time is told together.
fn times(entry: &Entry) -> impl Iterator<Item = (&'static str, i64)> {
    const WORDS: [&str; 7] = [
        "modified",
        "created",
        "created and modified",
        "status changed",
        "modified, status changed",
        "created, status changed",
        "created and modified, status changed",
    ];
    let all = [entry.modified, entry.created, entry.changed];
    let same = move |time: i64| {
        all.iter().enumerate().filter(|it| *it.1 == Some(time)).fold(0_usize, |sum, it| sum | 1 << it.0)
    };
    let first = move |(at, time): (usize, i64)| !all.iter().take(at).any(|it| *it == Some(time));
    let known = all.into_iter().enumerate().filter_map(|(at, time)| Some((at, time?)));
    let known = known.filter(move |it| first(*it));
    known.filter_map(move |(_, time)| Some((*WORDS.get(same(time) - 1)?, time)))
}

/// Where a file or folder of a backup lies in the phone, as far as that is known.
fn on_phone(path: &str) -> String {
    let (domain, rest) = path.split_once('/').unwrap_or((path, ""));
    match DOMAINS.iter().find(|it| it.0 == domain) {
        Some((_, root)) if rest.is_empty() => (*root).to_owned(),
        Some((_, root)) => format!("{root}/{rest}"),
        None if domain.contains("Domain") && !rest.is_empty() => rest.to_owned(),
        None => path.to_owned(),
    }
}

/// The folder named after a site that a path leads into, as `https_www.example.com_0`.
fn site(path: &str) -> Option<(&'static str, &str)> {
    let mut found: Vec<(&'static str, &str)> = Vec::new();
    for (artefact, folder) in SITES {
        let Some((_, rest)) = path.split_once(folder) else { continue };
        let name = rest.split('/').next().unwrap_or_default();
        if name.starts_with("http") && host(name).is_some() {
            found.push((artefact, name));
        }
    }
    // That of Safari's view lies within folders of the others' names.
    found.iter().find(|it| it.0 == SAFARI_VIEW).or(found.first()).copied()
}

/// `https_www.example.com_0`, `http_a.example_8080.localstorage`
fn host(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once('_')?;
    let host = rest.split('_').next()?;
    (host.contains('.') && link::host(host).is_some()).then_some(host)
}

fn of_site(name: &str, entry: &Entry) -> Draft {
    let mut draft = Draft::of("folder", name);
    let host = host(name).unwrap_or_default();
    draft.say(&format!("{host} kept data in the phone"));
    draft.when(values::exact("modified", entry.modified));
    draft.host(&link::host(host).unwrap_or_default());
    if let Some(app) = entry.path.split('/').find(|it| program::is_bundle(it)) {
        draft.bundle(app);
    }
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Held;
    use crate::ios::testing::render;

    #[track_caller]
    fn check(kind: Kind, paths: &[&str], want: &str) {
        let mut files = paths.iter().fold(Held::new(kind), |held, path| held.with(path, b""));
        let mut records = Vec::new();
        let told = read(&mut files, &Limits::default(), &mut |it| records.push(it));
        let states: Vec<String> =
            told.iter().map(|it| format!("{}: {}", it.artefact, render(&[], &it.state))).collect();
        let records = render(&records, &State::Absent).replace("Absent\n", "");
        let states = states.concat().replace(&states_of_others(kind), "");
        assert_eq!(format!("{records}{states}"), want);
    }

    #[test]
    fn what_happened_at_the_same_time_is_told_together() {
        #[track_caller]
        fn check(modified: Option<i64>, created: Option<i64>, changed: Option<i64>, want: &[(&str, i64)]) {
            let entry = Entry { modified, created, changed, ..Entry::default() };
            assert_eq!(times(&entry).collect::<Vec<_>>(), want);
        }
        check(None, None, None, &[]);
        check(Some(2), Some(1), Some(3), &[("modified", 2), ("created", 1), ("status changed", 3)]);
        check(Some(2), Some(1), Some(2), &[("modified, status changed", 2), ("created", 1)]);
        check(Some(2), Some(2), Some(2), &[("created and modified, status changed", 2)]);
        check(None, Some(2), Some(2), &[("created, status changed", 2)]);
        check(Some(2), Some(2), None, &[("created and modified", 2)]);
    }

    /// What an attacker made and emptied, and a site whose data was deleted.
    #[test]
    fn folders_without_files_are_told() {
        let sites = "private/var/mobile/Containers/Data/Application/U/Library/WebKit/WebsiteData/IndexedDB";
        let site = format!("{sites}/https_www.a.example_0");
        let mut files = Held::new(Kind::IosDump)
            .with(&format!("{site}/x"), b"")
            .with_folder("private/var/tmp/staging")
            .with_folder(&site)
            .with_folder(&format!("{sites}/https_b.example_0"));
        let mut records = Vec::new();
        let told = read(&mut files, &Limits::default(), &mut |it| records.push(it));
        let records = render(&records, &State::Absent);
        for want in ["file:path=/private/var/tmp/staging ", "www.a.example kept data", "b.example kept data"]
        {
            assert_eq!(records.matches(want).count(), 1, "{want}: {records}");
        }
        let count = |name| told.iter().find(|it| it.artefact == name).unwrap().state.clone();
        assert_eq!(count(FILESYSTEM), State::Present { records: 4 });
        assert_eq!(count(INDEXED_DB), State::Present { records: 2 });
    }

    #[test]
    fn folders_of_a_backup_lie_in_the_phone() {
        assert_eq!(on_phone("HomeDomain"), "/private/var/mobile");
        assert_eq!(on_phone("RootDomain/Library"), "/private/var/root/Library");
        assert_eq!(on_phone("AppDomain-com.example.a"), "AppDomain-com.example.a");
    }

    /// What is said of every evidence of a kind.
    fn states_of_others(kind: Kind) -> String {
        match kind {
            Kind::IosBackup => {
                "filesystem: NotInThisKind\nwebkit_indexeddb: NotInThisKind\n\
                webkit_localstorage: NotInThisKind\nwebkit_safariviewservice: NotInThisKind\n"
            }
            _ => "manifest: NotInThisKind\n",
        }
        .to_owned()
    }

    #[test]
    fn a_backup_lists_paths_of_the_phone() {
        check(
            Kind::IosBackup,
            &["Manifest.db", "HomeDomain/Library/SMS/sms.db", "AppDomain-com.example.a/Documents/x"],
            "the entry | Manifest.db | file:name=Manifest.db\n\
             the entry | /private/var/mobile/Library/SMS/sms.db | file:path=/private/var/mobile/Library/SMS/sms.db \
             file:name=sms.db\n\
             the entry | Documents/x | file:path=Documents/x file:name=x\n\
             manifest: present 3\n",
        );
    }

    #[test]
    fn a_dump_lists_paths_and_sites() {
        let app = "private/var/mobile/Containers/Data/Application/U";
        let view = format!("{app}/SystemData/com.apple.SafariViewService/Library/WebKit/WebsiteData");
        check(
            Kind::IosDump,
            &[
                &format!("{app}/Library/WebKit/WebsiteData/IndexedDB/https_www.a.example_0/x"),
                &format!("{app}/Library/WebKit/WebsiteData/IndexedDB/https_www.a.example_0/y"),
                &format!("{view}/LocalStorage/https_b.example_0.localstorage"),
                "private/var/db/diagnostics/Persist/1.tracev3",
            ]
            .map(|it| it as &str),
            &format!(
                "the entry | /{app}/Library/WebKit/WebsiteData/IndexedDB/https_www.a.example_0/x | \
                 file:path=/{app}/Library/WebKit/WebsiteData/IndexedDB/https_www.a.example_0/x file:name=x\n\
                 folder https_www.a.example_0 | www.a.example kept data in the phone | \
                 domain-name:value=www.a.example\n\
                 the entry | /{app}/Library/WebKit/WebsiteData/IndexedDB/https_www.a.example_0/y | \
                 file:path=/{app}/Library/WebKit/WebsiteData/IndexedDB/https_www.a.example_0/y file:name=y\n\
                 the entry | /{view}/LocalStorage/https_b.example_0.localstorage | \
                 file:path=/{view}/LocalStorage/https_b.example_0.localstorage \
                 file:name=https_b.example_0.localstorage\n\
                 folder https_b.example_0.localstorage | b.example kept data in the phone | \
                 domain-name:value=b.example app:id=com.apple.SafariViewService\n\
                 the entry | /private/var/db/diagnostics/Persist/1.tracev3 | \
                 file:path=/private/var/db/diagnostics/Persist/1.tracev3 file:name=1.tracev3\n\
                 filesystem: present 4\nwebkit_indexeddb: present 1\nwebkit_localstorage: Absent\n\
                 webkit_safariviewservice: present 1\n"
            ),
        );
    }
}
