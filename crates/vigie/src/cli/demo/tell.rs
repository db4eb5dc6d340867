//! Telling the story on the terminal, as it happens.

use std::io::{IsTerminal as _, Write as _};
use std::time::Instant;

use super::nation::Nation;

/// Writes to standard error, so that `--json` on standard output stays alone.
pub(super) struct Teller {
    aloud: bool,
    colour: bool,
    start: Instant,
}

impl Teller {
    pub(super) fn new(aloud: bool) -> Self {
        Self { aloud, colour: std::io::stderr().is_terminal(), start: Instant::now() }
    }

    /// A new part of the story.
    pub(super) fn chapter(&self, text: &str) {
        self.write(&if self.colour { format!("\n\x1b[1m{text}\x1b[0m") } else { format!("\n{text}") });
    }

    /// Something that happened, and when.
    pub(super) fn event(&self, who: &str, text: &str) {
        let at = self.start.elapsed().as_secs_f64();
        self.write(&format!("{at:8.3} s  {who:<22} {text}"));
    }

    /// Where to look, once the story is over.
    pub(super) fn stay(&self, nations: &[Nation]) {
        self.chapter(
            "The nodes stay up. Each has a page (its certificate is its own, so a browser will ask):",
        );
        for nation in nations {
            self.write(&format!(
                "  {:<22} {}   user {}   password {}",
                nation.name, nation.url, nation.user, nation.secret
            ));
        }
        self.write("  Ctrl-C ends them.");
    }

    fn write(&self, text: &str) {
        if self.aloud {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}
