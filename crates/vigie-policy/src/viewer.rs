//! Who asks, and what for.

use std::collections::BTreeSet;

use vigie_model::country::Country;
use vigie_model::id::MemberId;
use vigie_model::label::{Clause, Label, Party, Purpose};
use vigie_model::member::{Member, Membership};
use vigie_stix::id::StixId;

/// Somebody who wants to have something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The member, or the member through whom a client or the public asks.
    pub member: MemberId,
    /// Its nation.
    pub country: Country,
    /// The STIX identity under which it creates objects.
    pub organisation: StixId,
    /// The groups of the accord that it is in.
    pub groups: BTreeSet<String>,
    /// Whether it may take part today.
    pub membership: Membership,
    /// How near to the member the viewer stands.
    pub role: Role,
    /// What the viewer wants it for.
    pub purpose: Purpose,
}

/// How near a viewer stands to a member: the words of TLP 2.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The member's own organisation, the national CERT.
    Organisation,
    /// A constituent of it: TLP:AMBER reaches it, TLP:AMBER+STRICT does not.
    Client,
    /// Anybody else. The public is never named by an audience and never the originator.
    Public,
}

/// What is to be done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Bring it in.
    Contribute,
    /// Read it.
    View,
    /// Compare it with telemetry.
    Detect,
    /// Pass it on, as far as its light allows.
    Share,
}

impl Viewer {
    /// A member's own organisation, defending its networks.
    pub fn of(member: &Member) -> Self {
        Self {
            member: member.id,
            country: member.country,
            organisation: member.identity.clone(),
            groups: member.groups.clone(),
            membership: member.state,
            role: Role::Organisation,
            purpose: Purpose::Defence,
        }
    }

    /// Whether this is the member who brought the object in. Its clients are not.
    pub(crate) fn is_originator(&self, label: &Label) -> bool {
        self.role == Role::Organisation && self.member == label.originator
    }

    /// Whether a clause lists the viewer. A client is listed with the member through whom it asks.
    pub(crate) fn is_named_by(&self, clause: &Clause) -> bool {
        self.is_among(&clause.any_of)
    }

    /// Whether a clause takes the viewer out.
    pub(crate) fn is_excepted_by(&self, clause: &Clause) -> bool {
        self.is_among(&clause.except)
    }

    fn is_among(&self, parties: &BTreeSet<Party>) -> bool {
        let is = |party: &Party| match party {
            Party::Country(it) => *it == self.country,
            Party::Organisation(it) => it == self.organisation.as_str(),
            Party::Group(it) => self.groups.contains(it),
        };
        self.role != Role::Public && parties.iter().any(is)
    }
}

impl Role {
    /// All three, from near to far.
    pub const ALL: [Self; 3] = [Self::Organisation, Self::Client, Self::Public];

    /// The word that the policies use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Client => "client",
            Self::Public => "public",
        }
    }
}

impl Action {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Contribute, Self::View, Self::Detect, Self::Share];

    /// The word that the policies use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contribute => "Contribute",
            Self::View => "View",
            Self::Detect => "Detect",
            Self::Share => "Share",
        }
    }
}
