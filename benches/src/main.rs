//! Benchmarks: each is started by name as a process of its own and prints one JSON object a line.
//!
//! What is measured is the program as it is delivered, on loopback, in a temporary folder. Every run is
//! bounded in count and time. A run fails when an answer was wrong; whether a figure is good enough
//! is told in the line and judged by whoever reads it.

mod boards;
mod centre;
mod clock;
mod disk;
mod figures;
mod grade;
mod http;
mod intake;
mod lake;
mod server;
mod watch;
mod worklist;

use std::process::ExitCode;

/// Why a run could not be finished.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let named = std::env::args().nth(1);
    let ended = match named.as_deref() {
        Some("intake") => intake::run(),
        Some("boards") => boards::run(),
        Some("grade") => grade::run(),
        Some("worklist") => worklist::run(),
        Some("clock") => clock::run(),
        Some("watch") => watch::run(),
        Some("lake") => lake::run(),
        Some(_) | None => {
            Err("name one of: intake, boards, grade, worklist, clock, watch, lake".into())
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            figures::remark(&format!("fengsui-benches: {failed}"));
            ExitCode::FAILURE
        }
    }
}
