//! Giving versions the label that they were waiting for.

use vigie_model::journal::Act;
use vigie_model::label::Label;
use vigie_policy::Admitted;

use super::Waiting;
use crate::error::StoreError;
use crate::sqlite::{collection, holding, intel};
use crate::tx::Tx;

impl Tx<'_> {
    /// Gives a version that waited for a marking definition its label, with a new `date_added` in each collection that
    /// holds it, so that those who may see it now find it by date.
    ///
    /// The version goes on waiting for what is left in [`Waiting::awaits`].
    pub fn relabel(&mut self, marking: &str, waiting: Admitted<Waiting>) -> Result<(), StoreError> {
        let (waiting, label): (Waiting, Label) = waiting.into_parts();
        let label = self.intern_label(&label)?;
        intel::clear_awaited(&self.connection, waiting.version, waiting.label)?;
        intel::add_awaited(&self.connection, waiting.version, label, &waiting.awaits)?;
        let held = holding::of_version(&self.connection, waiting.object, waiting.spec, waiting.instant)?;
        for old in held.iter().filter(|it| it.label == waiting.label && it.label != label) {
            let id = collection::id_of(&self.connection, old.collection)?;
            self.release_hold(old)?;
            let known =
                holding::at(&self.connection, old.object, old.collection, label, old.spec, old.instant)?;
            if known.is_none() {
                let added = self.tick(id)?;
                self.hold_beside(holding::Holding { label, added, newest: true, ..*old })?;
            }
        }
        self.journal(&Act::Relabelled { object: waiting.id.to_string(), marking: marking.to_owned() })
    }
}
