//! Where questions put what does not fit into memory: a folder of each process.
//!
//! Beside the folder is a file that the process holds locked. The kernel gives the lock back when the process is
//! killed, so what it left behind is known to be nobody's and goes at the next start or sweep.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;
use uuid::Uuid;

use crate::disk::{Disk, written_at};

const LOCK: &str = "lock";
const UNLOCKED: &str = "new";
/// What nobody can be asked about (its lock was never taken) goes when it is so old.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// The folder of all processes, and this one's own as soon as it needs one.
#[derive(Debug)]
pub(crate) struct Spill {
    all: PathBuf,
    own: Mutex<Option<Own>>,
}

impl Spill {
    /// Removes what killed processes have left.
    pub(crate) fn open(all: PathBuf) -> Self {
        let spill = Self { all, own: Mutex::new(None) };
        spill.sweep();
        spill
    }

    /// The folder of this process.
    pub(crate) fn folder(&self) -> io::Result<PathBuf> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = own.as_ref().filter(|own| own.folder.is_dir()) {
            return Ok(own.folder.clone());
        }
        let begun = Own::begin(&self.all)?;
        let folder = begun.folder.clone();
        *own = Some(begun);
        Ok(folder)
    }

    /// Removes what belongs to nobody. Whatever cannot be removed is tried again next time.
    pub(crate) fn sweep(&self) {
        let Ok(left) = fs::read_dir(&self.all) else { return };
        let mut now = None;
        for entry in left.flatten() {
            let path = entry.path();
            let removed = if path.extension() == Some(OsStr::new(LOCK)) {
                remove_dead(&path)
            } else if path.with_extension(LOCK).exists() {
                Ok(())
            } else {
                let now = *now.get_or_insert_with(|| self.now());
                remove_old(&path, now)
            };
            if let Err(error) = removed {
                tracing::debug!(%error, path = %path.display(), "a spill stays");
            }
        }
    }

    /// By the clock of the disk; long ago where it does not say.
    fn now(&self) -> i64 {
        Disk::default().touch(&self.all).map_or(0, |metadata| written_at(&metadata))
    }
}

/// A folder that goes with its process.
#[derive(Debug)]
struct Own {
    folder: PathBuf,
    lock: PathBuf,
    _held: File,
}

impl Own {
    fn begin(all: &Path) -> io::Result<Self> {
        fs::create_dir_all(all)?;
        let folder = all.join(Uuid::new_v4().simple().to_string());
        let (unlocked, lock) = (folder.with_extension(UNLOCKED), folder.with_extension(LOCK));
        let held = File::create(&unlocked)?;
        // Where there are no locks nobody can tell whether it is dead: then its age does.
        if held.try_lock().is_ok() {
            fs::rename(&unlocked, &lock)?;
        }
        fs::create_dir(&folder)?;
        Ok(Self { folder, lock, _held: held })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let removed = absent_is_fine(fs::remove_dir_all(&self.folder));
        if let Err(error) = removed.and_then(|()| absent_is_fine(fs::remove_file(&self.lock))) {
            tracing::debug!(%error, path = %self.folder.display(), "a spill stays until it is swept");
        }
    }
}

/// Removes the folder of a process that holds its lock no more.
fn remove_dead(lock: &Path) -> io::Result<()> {
    let file = match File::open(lock) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    if file.try_lock().is_err() {
        return Ok(()); // it lives
    }
    absent_is_fine(fs::remove_dir_all(lock.with_extension("")))?;
    absent_is_fine(fs::remove_file(lock))
}

fn remove_old(path: &Path, now: i64) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let age = SignedDuration::from_millis(now.saturating_sub(written_at(&metadata)));
    if age < KEPT {
        return Ok(());
    }
    absent_is_fine(if metadata.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) })
}

fn absent_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use tempfile::tempdir;

    use super::*;

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_a_dead_process_left_goes_and_what_a_living_one_has_stays() {
        let folder = tempdir().unwrap();
        let all = folder.path().join("_spill");
        let living = Spill::open(all.clone());
        let kept = living.folder().unwrap().join("file");
        fs::write(&kept, "spilt").unwrap();
        // A lock that nobody holds is what a killed process leaves.
        fs::create_dir_all(all.join("dead/deep")).unwrap();
        fs::write(all.join("dead/deep/file"), "spilt").unwrap();
        fs::write(all.join("dead.lock"), "").unwrap();
        drop(Spill::open(all.clone()));
        assert!(!all.join("dead").exists() && !all.join("dead.lock").exists());
        assert!(kept.exists());
        drop(living);
        assert_eq!(names(&all), 0);
    }

    #[test]
    fn what_has_no_lock_goes_when_it_is_old() {
        let folder = tempdir().unwrap();
        let all = folder.path().join("_spill");
        for (name, hours) in [("old", 2), ("fresh", 0)] {
            fs::create_dir_all(all.join(name)).unwrap();
            let written = SystemTime::UNIX_EPOCH
                + Duration::from_millis(
                    u64::try_from(written_at(&fs::metadata(folder.path()).unwrap())).unwrap(),
                )
                - Duration::from_hours(hours);
            File::open(all.join(name)).unwrap().set_modified(written).unwrap();
        }
        Spill::open(all.clone());
        assert!(!all.join("old").exists() && all.join("fresh").exists());
    }

    #[test]
    fn a_folder_that_was_taken_away_is_made_again() {
        let folder = tempdir().unwrap();
        let spill = Spill::open(folder.path().join("_spill"));
        let first = spill.folder().unwrap();
        assert_eq!(spill.folder().unwrap(), first);
        fs::remove_dir_all(&first).unwrap();
        assert!(spill.folder().unwrap().is_dir());
    }
}
