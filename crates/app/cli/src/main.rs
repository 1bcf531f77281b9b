//! The program `fengsui`: configuration, wiring and subcommands. Nothing is decided here.
//!
//! Start reading at [`arguments::Arguments`]; each subcommand has a file under `commands/`.

mod arguments;
mod commands;
mod config;
mod paper;
mod printing;
mod sending;
mod watching;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;
use crate::printing::complain;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return complain(&format!("cannot start: {fault}")),
    };
    match runtime.block_on(commands::run(arguments)) {
        Ok(code) => code,
        Err(failure) => complain(&failure.to_string()),
    }
}
