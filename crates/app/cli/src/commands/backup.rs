//! `fengsui backup` and `fengsui restore`: the record carried away, and brought back.

use std::process::ExitCode;

use fengsui_desk::{BackupStage, Desk};
use indicatif::ProgressBar;

use super::{DATA, Failure, Start, init, journal, serve};
use crate::arguments::{Backup, Restore};
use crate::printing::say;

pub(super) async fn run(start: &Start, backup: Backup) -> Result<ExitCode, Failure> {
    let configured = start.config.backup.as_ref();
    let Some(into) = backup.to.or_else(|| configured.map(|it| it.to.clone())) else {
        return Err(Failure::Said(
            "where to? say `--to DIR`, or `[backup] to = \"DIR\"` in the configuration".to_owned(),
        ));
    };
    let desk = serve::open(&start.data(DATA)).await?;
    let bar = journal::progress("copied");
    let made = desk.backup(&into, |stage, done, of| show(&bar, stage, done, of)).await;
    desk.close().await;
    bar.finish_and_clear();
    let made = made?;
    say(&made.folder.display().to_string());
    say(&format!("verified: {} entries, {} bytes", made.position, made.bytes));
    if let Some(keep) = backup.keep {
        for removed in Desk::prune_backups(&into, keep)? {
            say(&format!("removed {}", removed.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(start: &Start, restore: Restore) -> Result<ExitCode, Failure> {
    let data = start.data(DATA);
    init::make_folder(&data)?;
    let bar = journal::progress("copied");
    let told = |stage, done, of| show(&bar, stage, done, of);
    let restored = Desk::restore(&restore.backup, &data, init::desk_settings, told).await;
    bar.finish_and_clear();
    let manifest = restored?;
    say(&format!("restored into {}: {} entries", data.display(), manifest.position));
    say(&format!("what was recorded after {} is not in it", manifest.made_at));
    say("nothing goes out until a person releases it on the Desk");
    Ok(ExitCode::SUCCESS)
}

fn show(bar: &ProgressBar, stage: BackupStage, done: u64, of: u64) {
    bar.set_message(match stage {
        BackupStage::Copying => "copying the database",
        BackupStage::Verifying => "entries verified",
        BackupStage::Hashing => "bytes hashed",
    });
    bar.set_length(of);
    bar.set_position(done);
}
