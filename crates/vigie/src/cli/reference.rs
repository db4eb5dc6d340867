//! The command reference, `docs/commands.md`, from the same declarations that the program parses with.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use crate::cli::Arguments;

/// All commands and their options, as Markdown.
pub fn reference() -> String {
    let mut text = String::from(
        "# Commands\n\nMade from the program's own declarations; `BLESS=1 cargo test -p vigie --test reference` \
         writes it anew.\n\nExit status, unless a command says otherwise: 0 done, 2 could not run.\n",
    );
    let mut root = Arguments::command();
    root.build();
    for command in root.get_subcommands().filter(|it| it.get_name() != "help") {
        describe(command, &format!("vigie {}", command.get_name()), &mut text);
    }
    text
}

fn describe(command: &Command, name: &str, text: &mut String) {
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string);
    let _ = write!(text, "\n## {name}\n\n{}\n", about.unwrap_or_default());
    let inner: Vec<&Command> =
        command.get_subcommands().filter(|it| it.get_name() != "help" && !it.is_hide_set()).collect();
    let options: Vec<&Arg> =
        command.get_arguments().filter(|it| !["help", "version"].contains(&it.get_id().as_str())).collect();
    if inner.is_empty() && !options.is_empty() {
        text.push_str("\n| option | meaning |\n|---|---|\n");
        for option in options {
            let _ = writeln!(text, "| {} | {} |", spelling(option), meaning(option));
        }
    }
    for command in inner {
        describe(command, &format!("{name} {}", command.get_name()), text);
    }
}

fn spelling(option: &Arg) -> String {
    let flag = option.get_long().map(|it| format!("--{it}"));
    let value = option
        .get_action()
        .takes_values()
        .then(|| option.get_value_names().unwrap_or_default().first().map(ToString::to_string))
        .flatten();
    let parts: Vec<String> = flag.into_iter().chain(value).collect();
    let required = if option.is_required_set() { "" } else { " (optional)" };
    format!("`{}`{required}", parts.join(" ").replace('|', "\\|"))
}

fn meaning(option: &Arg) -> String {
    let mut meaning = option.get_help().map(ToString::to_string).unwrap_or_default();
    let defaults: Vec<_> = option.get_default_values().iter().map(|it| it.to_string_lossy()).collect();
    if !defaults.is_empty() && option.get_action().takes_values() {
        let _ = write!(meaning, "; default `{}`", defaults.join(", "));
    }
    meaning.replace('|', "\\|").replace('\n', " ")
}
