//! What every reader of a phone's evidence keeps, whatever the evidence says.

use vigie_phone::{Files, Limits, Record, State, Told, android, ios};

/// Small, so that what is hostile is quickly found so.
pub(super) fn limits() -> Limits {
    Limits { file_bytes: 1 << 20, text_bytes: 4096, key_rounds: 1000, ..Limits::default() }
}

/// Records of an Android phone stay within the limits, and are counted.
pub(super) fn android(files: &mut dyn Files) {
    counted(|limits, tell| android::read(files, Some("password"), limits, tell));
}

/// The same for an iPhone.
pub(super) fn ios(files: &mut dyn Files) {
    counted(|limits, tell| ios::read(files, limits, tell));
}

pub(super) fn counted(read: impl FnOnce(&Limits, &mut dyn FnMut(Record)) -> Vec<Told>) {
    let limits = limits();
    let mut records = 0;
    let told = read(&limits, &mut |record| {
        assert!(record.text.len() <= limits.text_bytes);
        records += 1;
    });
    let counted: u64 = told
        .iter()
        .map(|it| match it.state {
            State::Present { records } => records,
            State::Partial { read, .. } => read,
            State::Unreadable { .. } | State::Absent | State::NotInThisKind => 0,
        })
        .sum();
    assert_eq!(records, counted);
}
