//! Members, and the epoch of what each may see.

use vigie_model::id::MemberId;
use vigie_model::journal::Act;
use vigie_model::member::Member;

use crate::error::StoreError;
use crate::outbox::Change;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

impl Reader<'_> {
    /// All members, in the order of their identifiers.
    pub fn members(&self) -> Result<Vec<Member>, StoreError> {
        sqlite::member::all(self.connection)?.into_iter().map(TryInto::try_into).collect()
    }

    /// One member.
    pub fn member(&self, id: MemberId) -> Result<Option<Member>, StoreError> {
        sqlite::member::by_id(self.connection, id)?.map(TryInto::try_into).transpose()
    }

    /// Moves whenever the member may see something else than before: its state, groups, country or identity changed.
    /// None for a member that is not known.
    pub fn epoch(&self, id: MemberId) -> Result<Option<u64>, StoreError> {
        Ok(sqlite::member::by_id(self.connection, id)?.map(|it| it.epoch.unsigned_abs()))
    }
}

impl Tx<'_> {
    /// Enters a member, or changes it. A change of what it may see moves its epoch, which is returned.
    pub fn set_member(&mut self, member: &Member) -> Result<u64, StoreError> {
        let before = sqlite::member::by_id(&self.connection, member.id)?;
        let epoch = before.as_ref().map_or(1, |it| it.epoch);
        let before = before.map(Member::try_from).transpose()?;
        let seen_as = |it: &Member| (it.state, it.groups.clone(), it.country, it.identity.clone());
        let moved = before.as_ref().is_some_and(|it| seen_as(it) != seen_as(member));
        let epoch = epoch + i64::from(moved);
        if before.as_ref() != Some(member) {
            sqlite::member::set(&self.connection, member, epoch).map_err(|it| taken(it, member))?;
        }
        let subject = member.id.to_string();
        if moved || before.is_none() {
            sqlite::outbox::add(&self.connection, Change::Member, None, None, Some(&subject))?;
        }
        self.journal(&Act::MemberSet { member: subject, state: member.state.to_string() })?;
        Ok(epoch.unsigned_abs())
    }
}

fn taken(error: rusqlite::Error, member: &Member) -> StoreError {
    if StoreError::is_conflict(&error) {
        StoreError::Taken { noun: "member with the identity", name: member.identity.to_string() }
    } else {
        error.into()
    }
}
