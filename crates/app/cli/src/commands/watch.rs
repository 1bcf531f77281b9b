//! `fengsui watch`: feeds and sensors, read, taken in and collected.

mod ingest;
mod read;
mod reread;
mod run;
mod status;
mod token;

use std::process::ExitCode;

pub(crate) use ingest::taken_in;

use super::{Failure, Start};
use crate::arguments::Watch;

pub(super) async fn run(start: &Start, watch: Watch) -> Result<ExitCode, Failure> {
    match watch {
        Watch::Read(read) => read::run(start, &read),
        Watch::Ingest(ingest) => ingest::run(start, ingest).await,
        Watch::Reread(reread) => reread::run(start, reread).await,
        Watch::Run => run::run(start).await,
        Watch::Status(status) => status::run(start, &status).await,
        Watch::Token(token) => token::run(start, token).await,
    }
}
