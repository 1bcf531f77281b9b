//! `fengsui watch run`: collect from the configured feeds until stopped, without screens.

use std::process::ExitCode;

use super::{Failure, Start};

pub(super) async fn run(_start: &Start) -> Result<ExitCode, Failure> {
    Err(Failure::Said("not yet".to_owned()))
}
