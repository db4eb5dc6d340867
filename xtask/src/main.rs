//! The project's own commands: `cargo xtask test | ci | tidy | bench`.
//!
//! Start with [`Command`]; each command is a file.

mod bench;
mod provide;
mod run;
mod test;
mod tidy;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Pass all tests; install or start what they need, and say so
    Test {
        /// Given to `cargo test` as they are
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// What must hold before a change lands: formatting, tidy, lints, tests
    Ci,
    /// Pass the tests of the feature `yara`, whose engine takes longer to build than all else
    Yara,
    /// Check the shape of the project: headers, sizes, names, arrows
    Tidy,
    /// Run the benchmarks whose figures stand in docs/performance.md
    Bench {
        /// Only these; all when none is named
        names: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Test { arguments } => test::run(&arguments),
        Command::Ci => {
            run::cargo(&["fmt", "--all", "--check"])?;
            tidy::run()?;
            run::cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
            test::run(&[])
        }
        Command::Yara => {
            run::cargo(&["test", "--package", "vigie-engine", "--features", "yara", "--test", "yara"])
        }
        Command::Tidy => tidy::run(),
        Command::Bench { names } => bench::run(&names),
    }
}
