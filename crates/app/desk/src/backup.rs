//! Carrying the whole record away, and coming back from it.
//!
//! A backup is a folder: the database as of one moment, and a manifest that says what is in it. It is made
//! while people work, and opened, verified and hashed before it counts as one. A restored record tells
//! nobody anything until a person says that it may: see `hold_dispatch`.

mod manifest;
mod place;

use std::path::{Path, PathBuf};

use fengsui_store::Head;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Desk, DeskFault, DeskSettings};

pub use manifest::Manifest;
pub use place::FilesFault;
use place::InTheMaking;

/// Where the desk remembers its last backup.
const BACKUP: &str = "backup";
const LAST: &str = "last";

/// The database in a backup, and in a folder of a record.
const DATABASE: &str = "fengsui.db";

/// What a backup is doing, for a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupStage {
    /// Copying the database: bytes so far, of about so many.
    Copying,
    /// Recomputing the chain: entries.
    Verifying,
    /// Hashing the file: bytes.
    Hashing,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupMade {
    /// The folder that holds it.
    pub folder: PathBuf,
    /// When it was begun: everything acknowledged before is in it.
    pub made_at: Timestamp,
    /// The last entry in it.
    pub position: u64,
    /// Bytes of the database.
    pub bytes: u64,
}

/// Why a backup was not made, or a record not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// The record could not be copied or read.
    #[error(transparent)]
    Desk(#[from] DeskFault),
    /// Files and folders.
    #[error(transparent)]
    Files(#[from] FilesFault),
    /// The copy does not hold together; it was removed.
    #[error("the copy does not hold together and was not kept: {0}")]
    Broken(String),
    /// What is called a backup is none.
    #[error("{folder} is no backup that can be used: {why}")]
    NotABackup {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// There is a record already where one should be restored.
    #[error("{0} holds a record already; restore into an empty folder")]
    Occupied(PathBuf),
}

impl Desk {
    /// Makes a backup in a folder of its own under `into`. When this returns it is verified and on disk.
    pub async fn backup(
        &self,
        into: &Path,
        mut told: impl FnMut(BackupStage, u64, u64) + Send,
    ) -> Result<BackupMade, BackupFault> {
        let made_at = self.now();
        let making = InTheMaking::under(into, made_at)?;
        told(BackupStage::Copying, 0, 0);
        let file = making.path().join(DATABASE);
        self.store().copy_to(&file).await.map_err(DeskFault::from)?;
        let head = verified(&self.settings_at(&file), &mut told).await?;
        let manifest = Manifest::of(&file, made_at, &head, |done, of| {
            told(BackupStage::Hashing, done, of);
        })?;
        manifest.write(making.path())?;
        let made = BackupMade {
            folder: making.finished()?,
            made_at,
            position: manifest.position,
            bytes: manifest.bytes,
        };
        self.keep(BACKUP, LAST, &made, None).await?;
        tracing::info!(position = made.position, bytes = made.bytes, "a backup was made");
        Ok(made)
    }

    /// The last backup that was made of this record.
    pub async fn last_backup(&self) -> Result<Option<BackupMade>, DeskFault> {
        self.kept(BACKUP, LAST).await
    }

    /// Removes all but the newest backups under a folder; what is no backup of ours stays. Says which.
    pub fn prune_backups(into: &Path, keep: usize) -> Result<Vec<PathBuf>, BackupFault> {
        let mut backups = place::finished_under(into)?;
        let surplus = backups.len().saturating_sub(keep.max(1));
        backups.truncate(surplus);
        for folder in &backups {
            place::remove(folder)?;
        }
        Ok(backups)
    }

    /// Brings a record back from a backup into a folder that holds none, and verifies it there.
    ///
    /// Stopped half-way, it leaves nothing that could be taken for a record; begin again.
    pub async fn restore(
        backup: &Path,
        data: &Path,
        settings: impl Fn(&Path) -> DeskSettings + Send,
        mut told: impl FnMut(BackupStage, u64, u64) + Send,
    ) -> Result<Manifest, BackupFault> {
        let target = data.join(DATABASE);
        if target.exists() {
            return Err(BackupFault::Occupied(data.to_owned()));
        }
        let manifest = Manifest::read(backup)?;
        let making = InTheMaking::restoring(data)?;
        let file = making.path().join(DATABASE);
        manifest.copy_checked(backup, &file, |done, of| told(BackupStage::Hashing, done, of))?;
        let desk = Self::open(&settings(making.path())).await?;
        let restored = verified_and_held(&desk, &manifest, &mut told).await;
        desk.close().await;
        let head = restored?;
        if head.position != manifest.position || head.hash.to_string() != manifest.head {
            return Err(manifest::unfit(backup, "it ends elsewhere than its manifest says"));
        }
        making.put_in_place(&file, &target)?;
        Ok(manifest)
    }

    /// Keeps what goes out back until a person releases it: a record that was restored does not know what
    /// went out after its backup was made.
    async fn hold_after_restore(&self, manifest: &Manifest) -> Result<(), DeskFault> {
        let reason = format!("restored from the backup of {}", manifest.made_at);
        let reason = reason.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))?;
        self.hold_dispatch(reason).await
    }
}

/// Opens a copy, recomputes its chain and looks at every text.
async fn verified(
    settings: &DeskSettings,
    told: &mut (impl FnMut(BackupStage, u64, u64) + Send),
) -> Result<Head, BackupFault> {
    let copy = Desk::open(settings).await?;
    let head = whole(&copy, told).await;
    copy.close().await;
    head
}

/// A restored record: whole, and silent. The head is the one of before it was held.
async fn verified_and_held(
    desk: &Desk,
    manifest: &Manifest,
    told: &mut (impl FnMut(BackupStage, u64, u64) + Send),
) -> Result<Head, BackupFault> {
    let head = whole(desk, told).await?;
    desk.hold_after_restore(manifest).await?;
    Ok(head)
}

async fn whole(
    desk: &Desk,
    told: &mut (impl FnMut(BackupStage, u64, u64) + Send),
) -> Result<Head, BackupFault> {
    let progress = |done, of| told(BackupStage::Verifying, done, of);
    desk.verify(progress).await?.map_err(|broken| BackupFault::Broken(broken.to_string()))
}
