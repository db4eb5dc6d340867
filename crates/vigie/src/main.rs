//! The one binary of a node.

use std::process::ExitCode;

/// Telemetry and TAXII pages are many small pieces of memory; see docs/performance.md.
fn main() -> ExitCode {
    vigie::cli::main()
}
