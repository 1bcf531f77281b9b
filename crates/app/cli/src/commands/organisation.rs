//! `fengsui organisation import`: a registry from a table, all of it or nothing.

use std::process::ExitCode;

use super::{DATA, Failure, Start, serve};
use crate::arguments::Organisation;
use crate::printing::{complain, say};

/// Bytes of a table at most.
const TABLE_BYTES_MAX: u64 = 16 * 1024 * 1024;

pub(super) async fn run(start: &Start, organisation: Organisation) -> Result<ExitCode, Failure> {
    let Organisation::Import { file, dry_run } = organisation;
    let unreadable =
        |fault: std::io::Error| Failure::of(&format!("cannot read {}", file.display()), &fault);
    if std::fs::metadata(&file).map_err(unreadable)?.len() > TABLE_BYTES_MAX {
        return Err(Failure::Said(format!("{} is larger than 16 MiB", file.display())));
    }
    let table = std::fs::read_to_string(&file).map_err(unreadable)?;
    let desk = serve::open(&start.data(DATA)).await?;
    let import = desk.read_organisations(&table);
    for line in &import.lines {
        say(&line.to_string());
    }
    let code = if !import.is_sound() {
        complain("some lines must be mended; nothing was changed")
    } else if dry_run {
        say(&format!("{} organisations would be registered; nothing was changed", import.count()));
        ExitCode::SUCCESS
    } else {
        let registered = desk.import_organisations(&desk.console(), import).await?;
        say(&format!("{registered} organisations registered"));
        ExitCode::SUCCESS
    };
    desk.close().await;
    Ok(code)
}
