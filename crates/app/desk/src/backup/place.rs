//! Folders in the making: under another name until they are whole, gone if they never are.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Backups are folders of this name and the time, so that they sort by age.
const NAME: &str = "fengsui-";

/// What is not whole yet.
const MAKING: &str = ".fengsui-making-";

/// Nobody else on the machine looks into a record.
const OWNER_ONLY: u32 = 0o700;

/// Something about files and folders.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be used; check the path, its rights and the room on the disk")]
pub struct FilesFault {
    path: PathBuf,
    source: std::io::Error,
}

pub(super) fn at(path: &Path, source: std::io::Error) -> FilesFault {
    FilesFault { path: path.to_owned(), source }
}

/// A folder that is removed unless it becomes what it was made for.
#[derive(Debug)]
pub(super) struct InTheMaking {
    folder: PathBuf,
    becomes: PathBuf,
}

impl InTheMaking {
    /// A backup under a folder, named by its time.
    pub(super) fn under(into: &Path, made_at: Timestamp) -> Result<Self, FilesFault> {
        let time = made_at.strftime("%Y%m%dT%H%M%S%3fZ").to_string();
        let becomes = into.join(format!("{NAME}{time}"));
        Self::made(into.join(format!("{MAKING}{time}")), becomes)
    }

    /// A record that is being restored into a folder. What an attempt before left is removed.
    pub(super) fn restoring(data: &Path) -> Result<Self, FilesFault> {
        let folder = data.join(format!("{MAKING}restore"));
        if folder.exists() {
            remove(&folder)?;
        }
        Self::made(folder, data.to_owned())
    }

    fn made(folder: PathBuf, becomes: PathBuf) -> Result<Self, FilesFault> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(OWNER_ONLY).create(&folder).map_err(|it| at(&folder, it))?;
        Ok(Self { folder, becomes })
    }

    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// Gives the folder its name. What is in it has been synchronised.
    pub(super) fn finished(self) -> Result<PathBuf, FilesFault> {
        synced(&self.folder)?;
        fs::rename(&self.folder, &self.becomes).map_err(|fault| at(&self.becomes, fault))?;
        if let Some(above) = self.becomes.parent() {
            synced(above)?;
        }
        Ok(self.becomes.clone())
    }

    /// Moves the one file that it was made for to its place; the rest goes.
    pub(super) fn put_in_place(self, file: &Path, target: &Path) -> Result<(), FilesFault> {
        fs::rename(file, target).map_err(|fault| at(target, fault))?;
        synced(&self.becomes)
    }
}

impl Drop for InTheMaking {
    fn drop(&mut self) {
        if self.folder.exists()
            && let Err(fault) = fs::remove_dir_all(&self.folder)
        {
            tracing::warn!(folder = %self.folder.display(), %fault, "a half-made copy is left over");
        }
    }
}

/// Whole backups under a folder, the oldest first.
pub(super) fn finished_under(into: &Path) -> Result<Vec<PathBuf>, FilesFault> {
    let mut found = Vec::new();
    for entry in fs::read_dir(into).map_err(|fault| at(into, fault))? {
        let entry = entry.map_err(|fault| at(into, fault))?;
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(NAME));
        if is_ours && entry.path().join("manifest.json").is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

pub(super) fn remove(folder: &Path) -> Result<(), FilesFault> {
    fs::remove_dir_all(folder).map_err(|fault| at(folder, fault))
}

fn synced(folder: &Path) -> Result<(), FilesFault> {
    File::open(folder).and_then(|open| open.sync_all()).map_err(|fault| at(folder, fault))
}
