//! Reading what the node did.

use vigie_model::journal::Entry;

use crate::app::{App, AppError};

/// The entries after one, in order.
pub async fn run(app: &App, after: u64, limit: usize) -> Result<Vec<Entry>, AppError> {
    app.read(move |reader| reader.journal(after, limit)).await
}
