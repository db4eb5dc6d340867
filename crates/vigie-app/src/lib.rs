//! What Vigie does, one file for each verb.
//!
//! This is the only place where two stages meet: a verb takes values from one crate and gives them to the next. The
//! faces (web, command line) call verbs and nothing below them.
//!
//! Invariants
//! - The clock is read in `clock.rs` only; every other stage is given the time.
//! - What comes in passes `Policy::admit`, what goes out passes `Clearance::release`.
//! - A verb answers after the store has committed; nothing that was answered as accepted can be lost.
//!
//! Start with `app.rs`, then `ingest_intel.rs` and `run_node.rs`.

pub mod app;
mod blocks;
mod clearance;
mod clock;
mod files;
pub mod session;
pub mod settings;
mod turns;
mod windows;

pub mod add_collection;
pub mod add_peer;
pub mod add_token;
pub mod init_node;
pub mod set_member;

pub mod add_objects;
pub mod ingest_intel;
pub mod publish_indicator;
pub mod read_status;
pub mod revoke_object;

pub mod browse_intel;
pub mod delete_object;
pub mod export_intel;
pub mod export_sensor_rules;
pub mod list_collections;
pub mod read_objects;

pub mod check_phone;
pub mod check_rules;
pub mod explain_rule;
pub mod follow_telemetry;
pub mod forget_phone;
pub mod load_rules;
pub mod read_apart;
pub mod read_rules;
pub mod recheck_phone;
pub mod record_sighting;
pub mod saved_rules;
pub mod scan_files;
pub mod watch_events;

pub mod notices;
pub mod pull_from_peer;
pub mod run_node;

pub mod check_node;
pub mod overview;
pub mod read_figures;
pub mod read_journal;
