//! Each view of a record is the same whether the other is wanted or not.

use std::path::{Path, PathBuf};
use vigie_model::event::Wanted;
use vigie_telemetry::{Options, Source};

/// The inputs of all cases.
fn inputs() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the cases can be read") {
            let path = entry.expect("the cases can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|it| it.to_string_lossy().starts_with("input.")) {
                found.push(path);
            }
        }
    }
    found
}

/// What is said of each record: its kind and time, its observables, its class and fields. None: it cannot be opened.
fn read(path: &Path, wanted: Wanted) -> Option<Vec<[String; 3]>> {
    let mut source = Source::open(path, &Options { wanted, ..Options::default() }).ok()?;
    let mut found = Vec::new();
    while let Some(record) = source.next() {
        found.push(match record {
            Ok(record) => {
                let event = &record.event;
                let told = format!("{} {:?} {:?} {}", record.line, event.kind, event.time, record.json());
                [told, format!("{:?}", event.observables), format!("{:?} {:?}", event.log, event.fields)]
            }
            Err(skipped) => [skipped.to_string(), String::new(), String::new()],
        });
    }
    Some(found)
}

#[test]
fn one_view_does_not_depend_on_the_other() {
    let mut records = 0;
    for path in inputs() {
        let Some(all) = read(&path, Wanted::ALL) else { continue };
        let observables = read(&path, Wanted { observables: true, fields: false }).expect("it opened before");
        let fields = read(&path, Wanted { observables: false, fields: true }).expect("it opened before");
        assert_eq!((all.len(), all.len()), (observables.len(), fields.len()), "{}", path.display());
        for ((all, observables), fields) in all.iter().zip(&observables).zip(&fields) {
            assert_eq!((&all[0], &all[1]), (&observables[0], &observables[1]), "{}", path.display());
            assert_eq!((&all[0], &all[2]), (&fields[0], &fields[2]), "{}", path.display());
            records += 1;
        }
    }
    assert!(records > 150, "{records}");
}
