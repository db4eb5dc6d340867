//! Evidence as people bring it: made in a folder, opened by its path.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

mod age;
mod backup;
mod forms;
mod maker;
mod oracle;

use std::path::Path;

use vigie_phone::{Asked, Files, Limits, OpenError};

type Opened = Result<Box<dyn Files + Send>, OpenError>;

fn open(path: &Path, password: Option<&str>) -> Opened {
    open_within(path, password, &Limits::default())
}

fn open_within(path: &Path, password: Option<&str>, limits: &Limits) -> Opened {
    vigie_phone::open(path, &mut Asked { limits, password, identities: None, progress: &mut |_| {} })
}

/// Each file and its content, or why it has none.
fn contents(files: &mut dyn Files) -> Vec<(String, Result<Vec<u8>, String>)> {
    let paths: Vec<_> = files.entries().iter().map(|it| it.path.clone()).collect();
    let read = |(entry, path)| (path, files.read(entry).map_err(|it| it.to_string()));
    paths.into_iter().enumerate().map(read).collect()
}
