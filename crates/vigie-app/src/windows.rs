//! What is remembered of records for patterns over several of them, across a restart.
//!
//! It is stored in one transaction with the place reached in the log, so after a stop nothing counts twice and nothing is
//! forgotten.

use std::sync::PoisonError;

use vigie_engine::Windows;
use vigie_store::{StoreError, Tx};

use crate::app::{App, AppError};

/// The setting that it is kept under.
const KEY: &str = "windows";

/// Goes on from what was stored, with the rules in force.
pub(crate) fn load(app: &App) -> Result<(), AppError> {
    let mut windows = app.inner().windows.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(restore(app, &mut windows)?)
}

/// Makes it what was stored last. What cannot be read is begun anew, and told.
pub(crate) fn restore(app: &App, windows: &mut Windows) -> Result<(), StoreError> {
    let limits = app.settings().windows.clone();
    *windows = Windows::new(limits.clone());
    let Some(saved) = app.inner().store.read(|reader| reader.setting(KEY))? else { return Ok(()) };
    match Windows::load(saved.as_bytes(), limits, &app.image()) {
        Ok(loaded) => *windows = loaded,
        Err(error) => {
            tracing::warn!(%error, "what was remembered for patterns over several events is begun anew");
        }
    }
    Ok(())
}

/// Stores it with what else the transaction writes.
pub(crate) fn save(tx: &mut Tx<'_>, windows: &Windows) -> Result<(), StoreError> {
    // Lines of JSON, so always text.
    tx.set_setting(KEY, &String::from_utf8_lossy(&windows.save()))
}
