//! Entering a member of the accord, and suspending or readmitting one. Takes effect with the next decision.

use vigie_model::id::MemberId;
use vigie_model::member::{Member, Membership};

use crate::app::{App, AppError};

/// Why a member could not be found.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// No id, name or country fits.
    #[error("no member is called `{0}`; see `vigie member list`")]
    Unknown(String),
    /// Several fit.
    #[error("`{0}` fits several members; use the member's id")]
    Ambiguous(String),
    /// Something failed here.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Enters a member, or replaces what is known of it.
pub async fn run(app: &App, member: Member) -> Result<(), AppError> {
    app.write("home", move |tx, _| tx.set_member(&member)).await?;
    Ok(())
}

/// Changes whether a member may take part.
pub async fn set_state(app: &App, name: &str, state: Membership) -> Result<Member, MemberError> {
    let member = Member { state, ..find(app, name).await? };
    run(app, member.clone()).await?;
    Ok(member)
}

/// The member of this id, name or country.
pub async fn find(app: &App, name: &str) -> Result<Member, MemberError> {
    let id: Option<MemberId> = name.parse().ok();
    let mut members = app.read(|reader| reader.members()).await?;
    members
        .retain(|it| Some(it.id) == id || it.name == name || it.country.as_str().eq_ignore_ascii_case(name));
    match members.len() {
        0 => Err(MemberError::Unknown(name.to_owned())),
        1 => Ok(members.remove(0)),
        _ => Err(MemberError::Ambiguous(name.to_owned())),
    }
}

/// All members that this node knows, its own included.
pub async fn list(app: &App) -> Result<Vec<Member>, AppError> {
    app.read(|reader| reader.members()).await
}
