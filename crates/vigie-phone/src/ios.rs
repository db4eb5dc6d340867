//! iPhones and iPads: backups, dumps of the file system, and what a phone collects of itself (sysdiagnose).
//!
//! ```text
//! Files ─┬─► lists, texts, logs ─► one reader for each artefact ─► Tally ───► Record…, State
//!        ├─► databases ──────────► one reader for each artefact ─► Reading ─► Record…, State
//!        └─► their paths (listed.rs) ───────────────────────────────────────► Record…, State
//! ```
//!
//! Of databases
//! - Tables are joined here and not by SQL: a row whose partner is missing is told all the same.
//! - Columns differ between versions of iOS: what is there is read, and what a reader cannot do without is said to be missing.
//! - Rows that are not there, where their numbers say that there were some, are records of their own.
//!
//! Start with [`read`], then `tally.rs` and `reading.rs`, then any artefact.

mod addaily;
mod analytics;
mod applications;
mod backup_info;
mod binary_locations;
mod cache;
mod calendar;
mod calls;
mod chrome;
mod configuration_profiles;
mod contacts;
mod crashes;
mod databases;
mod deep;
mod device_state;
mod draft;
mod favicons;
mod firefox;
mod gaps;
mod global_preferences;
mod idstatuscache;
mod installation_logs;
mod interactions;
mod listed;
mod locationd_clients;
mod lockdownd;
mod messenger_messages;
mod process_list;
mod profile_events;
mod program;
mod reading;
mod safari_history;
mod safari_tabs;
mod shortcuts;
mod shutdown_log;
mod sms;
mod sms_attachments;
mod spindump;
mod swcutil;
mod tally;
mod taskinfo;
mod tcc;
mod texts;
mod threat;
mod transparency;
mod unified_log;
mod usage;
mod values;
mod version_history;
mod webkit;
mod webkit_session_log;
mod whatsapp;
mod whatsapp_contacts;

pub use unified_log::work as read_unified_log_apart;

use std::collections::BTreeSet;

use crate::apart::Apart;
use crate::{Artefact, Files, Kind, Limits, Record, Told};

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
    sms::ARTEFACT,
    sms_attachments::ARTEFACT,
    whatsapp::MESSAGES,
    whatsapp::CALLS,
    whatsapp_contacts::CONTACTS,
    whatsapp_contacts::LIDS,
    messenger_messages::ARTEFACT,
    safari_history::ARTEFACT,
    safari_tabs::ARTEFACT,
    favicons::SAFARI,
    chrome::HISTORY,
    favicons::CHROME,
    firefox::HISTORY,
    favicons::FIREFOX,
    webkit::ARTEFACT,
    cache::ARTEFACT,
    usage::DATA_USAGE,
    usage::NET_USAGE,
    tcc::ARTEFACT,
    interactions::ARTEFACT,
    interactions::PEOPLE,
    calls::ARTEFACT,
    contacts::ARTEFACT,
    calendar::ARTEFACT,
    shortcuts::ARTEFACT,
    analytics::ARTEFACT,
];

/// Every artefact, in the order in which states are told.
pub fn artefacts() -> Vec<&'static str> {
    ARTEFACTS.iter().map(|it| it.name).chain(listed::NAMES).chain([unified_log::NAME]).collect()
}

/// What stands for a star in places of backups; other stars stand for too much.
const STARS: [(&str, &str); 3] = [
    ("whatsapp.*.shared", "whatsapp.WhatsApp.shared"),
    ("whatsapp.*.shared", "whatsapp.WhatsAppSMB.shared"),
    ("mozilla.ios.*", "mozilla.ios.Firefox"),
];

/// Where backups keep what is read, as far as that is known in full.
pub(crate) fn places_in_backups() -> BTreeSet<String> {
    let places = ARTEFACTS.iter().flat_map(|it| it.places).filter(|it| it.0 == Kind::IosBackup);
    let places: Vec<&str> = places.flat_map(|it| it.1).copied().collect();
    let known = STARS.iter().flat_map(|it| places.iter().map(|place| place.replace(it.0, it.1)));
    known.filter(|it| !it.contains('*')).collect()
}

/// Reads all that is known of in a piece of evidence of an iPhone, and says what became of each artefact. The unified log is
/// not read: see [`read_with`].
pub fn read(files: &mut dyn Files, limits: &Limits, out: &mut dyn FnMut(Record)) -> Vec<Told> {
    read_with(files, limits, None, out)
}

/// The same, with the unified log, which processes of their own read.
pub fn read_with(
    files: &mut dyn Files,
    limits: &Limits,
    apart: Option<&mut dyn Apart>,
    out: &mut dyn FnMut(Record),
) -> Vec<Told> {
    let mut told = crate::read(ARTEFACTS, files, limits, out);
    told.extend(listed::read(files, limits, out));
    told.extend(unified_log::read(files, limits, apart, out));
    told
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
