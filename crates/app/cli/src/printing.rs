//! What the program says on the terminal: results on standard output, complaints on standard error.

use std::io::Write as _;
use std::process::ExitCode;

/// Says a result. A closed pipe is nobody's fault: whoever listened has heard enough.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Says something beside the result.
pub(crate) fn remark(line: &str) {
    if writeln!(std::io::stderr().lock(), "{line}").is_err() {
        // Nobody is left to tell.
    }
}

/// Says what went wrong, and gives the exit code for it.
pub(crate) fn complain(what: &str) -> ExitCode {
    remark(&format!("fengsui: {what}"));
    ExitCode::FAILURE
}
