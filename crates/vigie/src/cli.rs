//! The command line: one file for each command, each showing first what the user types.

mod collection;
mod completions;
mod data;
mod demo;
mod doctor;
mod exit;
mod explain;
mod init;
mod intel;
mod journal;
mod log;
mod manual;
mod member;
mod peer;
mod phone;
mod reference;
mod rule;
mod serve;
mod stix;
mod token;
mod watch;

use std::io::{self, Write};
use std::num::NonZero;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use self::reference::reference;

/// Vigie: an ally sees it once; every ally is shielded within a second.
///
/// One node for each nation's CERT: it shares STIX 2.1 intelligence over TAXII 2.1 under enforced handling rules,
/// detects with it in the nation's own telemetry, and sights back.
#[derive(Parser, Debug)]
#[command(name = "vigie", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Serve(serve::Args),
    Watch(watch::Args),
    #[command(subcommand)]
    Rule(rule::Command),
    Explain(explain::Args),
    #[command(subcommand)]
    Phone(phone::Command),
    #[command(subcommand)]
    Intel(intel::Command),
    #[command(subcommand)]
    Collection(collection::Command),
    #[command(subcommand)]
    Token(token::Command),
    #[command(subcommand)]
    Member(member::Command),
    #[command(subcommand)]
    Peer(peer::Command),
    #[command(subcommand)]
    Journal(journal::Command),
    #[command(subcommand)]
    Stix(stix::Command),
    Doctor(doctor::Args),
    Completions(completions::Args),
    Manual(manual::Args),
}

/// Parses the command line, runs the command, and turns its outcome into an exit status.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match runtime(&arguments.command) {
        Ok(runtime) => runtime,
        Err(error) => return report(&error.into()),
    };
    let done = runtime.block_on(run(arguments.command));
    // Threads that read standard input cannot be woken; the process ends without them.
    runtime.shutdown_background();
    done.unwrap_or_else(|error| report(&error))
}

/// What waits for commands. A phone check waits for nothing: it gets no threads and, above all, no sockets.
fn runtime(command: &Command) -> io::Result<tokio::runtime::Runtime> {
    match command {
        Command::Phone(_) => tokio::runtime::Builder::new_current_thread().build(),
        _ => tokio::runtime::Builder::new_multi_thread().enable_all().build(),
    }
}

/// How many threads a command uses unless it is told.
fn cores() -> NonZero<usize> {
    std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let out = &mut io::BufWriter::new(io::stdout());
    let code = match command {
        Command::Demo(args) => demo::run(args, out).await,
        Command::Init(args) => init::run(&args, out),
        Command::Serve(args) => serve::run(args).await,
        Command::Watch(args) => watch::run(args, out),
        Command::Rule(command) => rule::run(command, out),
        Command::Explain(args) => explain::run(&args, out),
        Command::Phone(command) => phone::run(command, out),
        Command::Intel(command) => intel::run(command, out).await,
        Command::Collection(command) => collection::run(command, out).await,
        Command::Token(command) => token::run(command, out).await,
        Command::Member(command) => member::run(command, out).await,
        Command::Peer(command) => peer::run(command, out).await,
        Command::Journal(command) => journal::run(command, out).await,
        Command::Stix(command) => stix::run(command, out),
        Command::Doctor(args) => doctor::run(args, out).await,
        Command::Completions(args) => Ok(completions::run(&args, out)),
        Command::Manual(args) => manual::run(&args, out),
    };
    let flushed = out.flush();
    let code = code?;
    match flushed {
        // A reader such as `head` that has had enough is no failure.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(code),
    }
}

/// Tells what went wrong, cause by cause.
fn report(error: &anyhow::Error) -> ExitCode {
    let closed = error.chain().filter_map(|it| it.downcast_ref::<io::Error>());
    if closed.into_iter().any(|it| it.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(io::stderr(), "vigie: {error:#}");
    ExitCode::from(exit::FAILED)
}
