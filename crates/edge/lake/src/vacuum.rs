//! What nobody needs any more: files of killed writers, files that were merged, days past their time.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::disk::written_at;
use crate::fault::LakeFault;
use crate::lake::Lake;
use crate::log::Appended;

/// Files are kept at least so long, unless somebody knows better: another process may still read them, or be about
/// to commit them.
pub const KEPT_AT_LEAST: SignedDuration = SignedDuration::from_hours(1);

/// How often the removal of days is tried when files are merged at the same time.
const ATTEMPTS_MAX: usize = 20;
const SWEEP: &str = "remove what nobody needs";

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files.
    pub files: usize,
    /// Bytes.
    pub bytes: u64,
}

/// A file, and whether it may go.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    name: String,
    bytes: u64,
    written_at: i64,
}

impl Lake {
    /// Removes files that have not been part of the table for so long, and what killed writers left behind.
    ///
    /// Files that this process still reads or is about to commit stay, however old they are.
    pub async fn vacuum(&self, older_than: SignedDuration) -> Result<Swept, LakeFault> {
        let root = &self.inner.writer.root;
        let now = self.inner.clock()?;
        let removed = self.inner.log.removed().await?;
        let found = found_in(root).map_err(|error| LakeFault::of(SWEEP, error))?;
        // What is held now and let go a moment later was committed before the state below is read, or never will be.
        let pins = &self.inner.writer.pins;
        let (_held, free): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|file| pins.holds(&file.name));
        let state = std::sync::Arc::clone(&self.inner.log.now().await?.state);
        let mut swept = Swept::default();
        for file in free {
            let needed = state.files.contains_key(&file.name) || pins.holds(&file.name);
            let since = removed.get(&file.name).copied().unwrap_or(i64::MIN).max(file.written_at);
            let age = SignedDuration::from_millis(now.saturating_sub(since));
            if needed || age < older_than {
                continue;
            }
            remove(&file).map_err(|error| LakeFault::of(SWEEP, error))?;
            swept.files += 1;
            swept.bytes += file.bytes;
        }
        self.sweep_spills(now, older_than);
        Ok(swept)
    }

    /// Lets the days before this one go. Their files stay until they are swept.
    pub async fn expire(&self, before: Date) -> Result<Swept, LakeFault> {
        let before = before.to_string();
        for _ in 0..ATTEMPTS_MAX {
            let (state, _pin) = self.inner.snapshot().await?;
            let old: Vec<_> =
                state.files.values().filter(|file| file.day < before).cloned().collect();
            if old.is_empty() {
                return Ok(Swept::default());
            }
            let bytes = old.iter().filter_map(|file| u64::try_from(file.add.size).ok()).sum();
            let swept = Swept { files: old.len(), bytes };
            match self.inner.rewrite("DELETE", old, &[]).await? {
                Appended::Done => return Ok(swept),
                Appended::Outdated => {} // merged meanwhile: look again
            }
        }
        Err(LakeFault::Busy)
    }

    /// What killed questions left on disk. Whatever cannot be removed is tried again next time.
    fn sweep_spills(&self, now: i64, older_than: SignedDuration) {
        let Ok(left) = fs::read_dir(self.inner.engine.spill_folder()) else { return };
        for folder in left.flatten() {
            let Ok(metadata) = folder.metadata() else { continue };
            let age = SignedDuration::from_millis(now.saturating_sub(written_at(&metadata)));
            if age < older_than.max(KEPT_AT_LEAST) {
                continue;
            }
            if let Err(error) = fs::remove_dir_all(folder.path()) {
                tracing::debug!(%error, path = %folder.path().display(), "a spill stays");
            }
        }
    }
}

fn remove(file: &Found) -> io::Result<()> {
    match fs::remove_file(&file.path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) | Ok(()) => Ok(()),
    }
}

/// Data files, and half-written files beside them and in the log; nothing that others may have put there.
fn found_in(root: &Path) -> io::Result<Vec<Found>> {
    let mut found = files_of(root, "")?;
    for folder in fs::read_dir(root)? {
        let folder = folder?;
        let Ok(name) = folder.file_name().into_string() else { continue };
        let ours = name == "_delta_log" || name.contains('=');
        if ours && folder.file_type()?.is_dir() {
            found.extend(files_of(&folder.path(), &format!("{name}/"))?);
        }
    }
    Ok(found)
}

fn files_of(folder: &Path, prefix: &str) -> io::Result<Vec<Found>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let data = prefix.contains('=') && name.ends_with(".parquet");
        if !(data || is_staged(&name)) {
            continue;
        }
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let file = Found {
            path: entry.path(),
            name: format!("{prefix}{name}"),
            bytes: metadata.len(),
            written_at: written_at(&metadata),
        };
        found.insert(name, file);
    }
    Ok(found.into_values().collect())
}

/// Whether a file never got its name.
fn is_staged(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
