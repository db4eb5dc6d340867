//! `extract.age`: what the records show, kept encrypted for later indicators, if the owner agreed.
//!
//! docs/spec/phone.md says what is kept. Records are packed and encrypted as they come: nothing of them is on the disk in
//! plain, and one piece of 64 KiB in memory.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use vigie_phone::extract::{Agreed, Head, Writer};
use vigie_phone::sealed::{Recipients, Sealed, seal};
use vigie_phone::{Kind, Limits, Record, Told};

use super::{CheckError, Consent};

/// The name of the file.
pub const FILE: &str = "extract.age";

type Sealing = Sealed<BufWriter<File>>;

/// An extract in the making.
pub(super) struct Extract {
    path: PathBuf,
    writer: Writer<Sealing>,
    failed: Option<io::Error>,
}

/// What an extract says of itself.
pub(super) fn head(of: (Kind, &str, (u64, u64)), consent: &Consent, now: i64) -> Head {
    let (kind, evidence_sha256, (files, bytes)) = of;
    let agreed = Agreed {
        purpose: consent.purpose.clone(),
        scope: consent.scope.clone(),
        retention: consent.retention.clone(),
        date: consent.date.clone(),
    };
    let salt = *uuid::Uuid::new_v4().as_bytes();
    let head = Head::new(kind, now, evidence_sha256, agreed, salt);
    Head { evidence_files: files, evidence_bytes: bytes, ..head }
}

impl Extract {
    pub(super) fn begin(
        out: &Path,
        to: &Recipients,
        limits: &Limits,
        head: Head,
    ) -> Result<Self, CheckError> {
        let path = out.join(FILE);
        let begun = File::create(&path)
            .and_then(|file| seal(BufWriter::new(file), to, limits))
            .and_then(|sealing| Writer::new(sealing, head));
        match begun {
            Ok(writer) => Ok(Self { path, writer, failed: None }),
            Err(source) => Err(CheckError::Output { path, source }),
        }
    }

    pub(super) fn take(&mut self, record: &Record) {
        if self.failed.is_none() {
            self.failed = self.writer.take(record).err();
        }
    }

    pub(super) fn end(self, told: &[Told], notes: &[String], damaged: bool) -> Result<(), CheckError> {
        let Self { path, writer, failed } = self;
        let ended = match failed {
            Some(error) => Err(error),
            None => writer
                .end(told, notes, damaged)
                .and_then(|sealing| sealing.finish())
                .and_then(|mut file| file.flush()),
        };
        ended.map_err(|source| CheckError::Output { path, source })
    }
}
