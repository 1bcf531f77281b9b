//! The simulation: builds its program and hands the words on. Nothing is judged here.

use std::error::Error;
use std::process::Command;

/// Runs histories; `false` when one of them showed something that does not hold.
pub(crate) fn run(words: &[String]) -> Result<bool, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ended = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", "fengsui-simulation", "--"])
        .args(words)
        .status()?;
    Ok(ended.success())
}
