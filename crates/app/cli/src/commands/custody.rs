//! `fengsui custody …`: what has been kept long enough by the rules of the house.

use std::process::ExitCode;
use std::time::Duration;

use fengsui_desk::{Desk, DueLine};

use super::{DATA, Failure, Start, serve};
use crate::arguments::Custody;
use crate::printing::say;

/// How often the program looks for itself.
const LOOKED_EVERY: Duration = Duration::from_hours(24);

pub(super) async fn run(start: &Start, custody: Custody) -> Result<ExitCode, Failure> {
    let desk = serve::open(&start.data(DATA)).await?;
    match custody {
        Custody::Due => {
            list(&desk).await?;
        }
        Custody::EraseDue { dry_run } => {
            let due = list(&desk).await?;
            if dry_run {
                say("nothing was erased");
            } else {
                let erased = desk.erase_these(due).await?;
                say(&format!("{erased} erased; backups made before still hold these texts"));
            }
        }
    }
    desk.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn list(desk: &Desk) -> Result<Vec<DueLine>, Failure> {
    let due = desk.retention_due().await?;
    for line in &due.lines {
        let held =
            line.held.as_ref().map_or_else(String::new, |ground| format!("  HELD: {ground}"));
        say(&format!(
            "{}  ended {}  {} texts  ({}){held}",
            line.subject, line.ended_at, line.texts, line.rule
        ));
    }
    say(&format!("{} have been kept long enough", due.lines.len()));
    if let Some(since) = due.logs_kept_since {
        say(&format!(
            "the journal is kept for ever; keep the program's own log since {since} at least"
        ));
    }
    Ok(due.lines)
}

/// Erases once a day what the rules of the house say.
pub(super) async fn erase_daily(desk: Desk) {
    let mut turns = tokio::time::interval(LOOKED_EVERY);
    loop {
        turns.tick().await;
        match desk.erase_due().await {
            Ok(0) => {}
            Ok(erased) => tracing::info!(erased, "texts kept long enough were erased"),
            Err(fault) => {
                tracing::warn!(%fault, "retention could not be carried out; again tomorrow");
            }
        }
    }
}
