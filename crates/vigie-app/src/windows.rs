//! What is remembered of records for patterns over several of them, across a restart.
//!
//! It is stored in one transaction with the place reached in the log, so after a stop nothing counts twice and nothing is
//! forgotten. What is stored for a record are its steps; once they are more than what is remembered, a whole state takes
//! their place.

use std::sync::PoisonError;

use vigie_engine::window::Limits;
use vigie_engine::{Step, Windows};
use vigie_model::alert::Source;
use vigie_store::{StoreError, Tx};

use crate::app::{App, AppError};

/// The fewest steps that a state takes the place of.
const STEPS: u64 = 20_000;

/// What is remembered, and how much of it is stored as steps.
pub(crate) struct Remembered {
    windows: Windows,
    /// The steps stored since the last state.
    stored: u64,
    /// Steps that were taken and are not stored yet.
    fresh: Vec<String>,
}

impl Remembered {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { windows: Windows::new(limits), stored: 0, fresh: Vec::new() }
    }

    /// Takes a step of a record that stands at `place`, and adds what fires with it.
    pub(crate) fn take(&mut self, step: Step, place: &Source, complete: &mut Vec<vigie_engine::Match>) {
        self.fresh.push(self.windows.saved_step(&step, place));
        self.windows.take(step, place, complete);
    }

    /// Stores the steps that are not, with what else the transaction writes.
    pub(crate) fn save(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if self.is_due() {
            // Lines of JSON, so always text.
            return tx.set_window_state(String::from_utf8_lossy(&self.windows.save()).lines());
        }
        self.fresh.iter().try_for_each(|it| tx.add_window_step(it))
    }

    /// What was saved is stored.
    pub(crate) fn saved(&mut self) {
        self.stored = if self.is_due() { 0 } else { self.stored + self.fresh.len() as u64 };
        self.fresh.clear();
    }

    fn is_due(&self) -> bool {
        self.stored + self.fresh.len() as u64 > self.windows.figures().kept.max(STEPS)
    }
}

/// Goes on from what was stored, with the rules in force.
pub(crate) fn load(app: &App) -> Result<(), AppError> {
    let mut windows = app.inner().windows.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(restore(app, &mut windows)?)
}

/// Makes it what was stored last. What cannot be read is begun anew, and told.
pub(crate) fn restore(app: &App, remembered: &mut Remembered) -> Result<(), StoreError> {
    let limits = app.settings().windows.clone();
    let (state, steps) = app
        .inner()
        .store
        .read(|reader| Ok::<_, StoreError>((reader.window_state()?, reader.window_steps()?)))?;
    *remembered = Remembered::new(limits.clone());
    remembered.stored = steps.len() as u64;
    let image = app.image();
    let loaded = if state.is_empty() {
        Ok(Windows::new(limits))
    } else {
        Windows::load((state.join("\n") + "\n").as_bytes(), limits, &image)
    };
    let read = loaded.and_then(|mut windows| {
        steps.iter().try_for_each(|it| windows.take_again(it, &image))?;
        Ok(windows)
    });
    match read {
        Ok(windows) => remembered.windows = windows,
        Err(error) => {
            tracing::warn!(%error, "what was remembered for patterns over several events is begun anew");
            // The next state takes the place of what cannot be read.
            remembered.stored = u64::MAX / 2;
        }
    }
    Ok(())
}
