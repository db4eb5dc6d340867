//! `vigie member`

use std::io::Write;
use std::process::ExitCode;

use uuid::Uuid;
use vigie_app::set_member;
use vigie_model::country::Country;
use vigie_model::id::MemberId;
use vigie_model::member::{Member, Membership};
use vigie_stix::id::StixId;

use crate::cli::data::Data;
use crate::cli::exit;

/// Enter the members of the accord, and suspend or readmit them
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Enter a member that runs no node of its own, and print its id
    ///
    /// A member with a node is entered by `vigie peer add`.
    Add {
        #[command(flatten)]
        data: Data,
        /// For people to read
        #[arg(long)]
        name: String,
        /// The nation, as two letters of ISO 3166-1
        #[arg(long, value_name = "CC")]
        nation: Country,
        /// Its STIX identity; a new one when not given
        #[arg(long, value_name = "identity--UUID")]
        identity: Option<StixId>,
        /// A group of the accord that it is in; may be repeated
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
    },
    /// List all members and their state
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Cut a member off: from now on it receives and brings nothing
    Suspend(Which),
    /// Let a suspended member take part again
    Readmit(Which),
    /// Record that a member has left for good
    Leave(Which),
}

/// Which member.
#[derive(clap::Args, Debug)]
pub(crate) struct Which {
    #[command(flatten)]
    data: Data,
    /// The member's id, name or country
    member: String,
}

pub(crate) async fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (which, state) = match command {
        Command::Suspend(which) => (which, Membership::Suspended),
        Command::Readmit(which) => (which, Membership::Active),
        Command::Leave(which) => (which, Membership::Left),
        Command::List { data } => {
            for it in set_member::list(&data.open()?).await? {
                writeln!(out, "{}\t{}\t{}\t{}", it.id, it.country, it.state, it.name)?;
            }
            return Ok(ExitCode::from(exit::CLEAN));
        }
        Command::Add { data, name, nation, identity, groups } => {
            let id = MemberId::new(Uuid::new_v4());
            let identity = identity.unwrap_or_else(|| StixId::new("identity", Uuid::new_v4()));
            let member = Member {
                id,
                name,
                country: nation,
                identity,
                groups: groups.into_iter().collect(),
                state: Membership::Active,
            };
            set_member::run(&data.open()?, member).await?;
            writeln!(out, "{id}")?;
            return Ok(ExitCode::from(exit::CLEAN));
        }
    };
    let member = set_member::set_state(&which.data.open()?, &which.member, state).await?;
    writeln!(out, "{} ({}) is {}", member.name, member.country, member.state)?;
    Ok(ExitCode::from(exit::CLEAN))
}
