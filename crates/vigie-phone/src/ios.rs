//! iPhones and iPads: backups, dumps of the file system, and what a phone collects of itself (sysdiagnose).
//!
//! ```text
//! Files ─┬─► the content of files ─► one reader for each artefact ─► Tally ─► Record…, State
//!        └─► their paths (listed.rs) ─────────────────────────────► Record…, State
//! ```
//!
//! Start with [`read`], then `tally.rs`, then any artefact.

mod addaily;
mod applications;
mod backup_info;
mod binary_locations;
mod configuration_profiles;
mod crashes;
mod databases;
mod device_state;
mod draft;
mod global_preferences;
mod idstatuscache;
mod installation_logs;
mod listed;
mod locationd_clients;
mod lockdownd;
mod process_list;
mod profile_events;
mod program;
mod shutdown_log;
mod spindump;
mod swcutil;
mod tally;
mod taskinfo;
mod texts;
mod transparency;
mod values;
mod version_history;
mod webkit_session_log;

use crate::{Artefact, Files, Limits, Record, Told};

/// What is read file by file, in the order in which states are told.
const ARTEFACTS: &[Artefact] = &[
    backup_info::ARTEFACT,
    device_state::ARTEFACT,
    version_history::ARTEFACT,
    applications::ARTEFACT,
    configuration_profiles::ARTEFACT,
    profile_events::ARTEFACT,
    global_preferences::ARTEFACT,
    idstatuscache::ARTEFACT,
    locationd_clients::ARTEFACT,
    addaily::ARTEFACT,
    webkit_session_log::ARTEFACT,
    shutdown_log::ARTEFACT,
    process_list::ARTEFACT,
    process_list::THREADS,
    taskinfo::ARTEFACT,
    spindump::ARTEFACT,
    crashes::ARTEFACT,
    installation_logs::ARTEFACT,
    lockdownd::ARTEFACT,
    swcutil::ARTEFACT,
    transparency::ARTEFACT,
    binary_locations::ARTEFACT,
    databases::POWER,
    databases::STORE,
];

/// Every artefact, in the order in which states are told.
pub fn artefacts() -> Vec<&'static str> {
    ARTEFACTS.iter().map(|it| it.name).chain(listed::NAMES).collect()
}

/// Reads all that is known of in a piece of evidence of an iPhone, and says what became of each artefact.
pub fn read(files: &mut dyn Files, limits: &Limits, out: &mut dyn FnMut(Record)) -> Vec<Told> {
    let mut told = crate::read(ARTEFACTS, files, limits, out);
    told.extend(listed::read(files, limits, out));
    told
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
