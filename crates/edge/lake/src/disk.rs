//! Files that are on disk when they are said to be: bytes, names and folders.
//!
//! A file is synced before it gets its name, and the folder of the name after. A folder that had to be made is
//! synced in its parent. The store of the table's log and the writer of data files both write through here.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

const TOUCHED: &str = "_touched";

/// What happens if there is a file of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfThere {
    Replace,
    Refuse,
}

/// A disk, as far as the lake writes to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    /// Folders whose names are known to be on disk.
    known: Arc<Mutex<BTreeSet<PathBuf>>>,
    room: Room,
}

impl Disk {
    /// A disk that is full after so many bytes.
    #[cfg(test)]
    pub(crate) fn with_room(room: Room) -> Self {
        Self { known: Arc::default(), room }
    }

    /// Begins a file under its final name, which nobody may know before [`DiskFile::finish`].
    pub(crate) fn begin(&self, path: &Path) -> io::Result<DiskFile> {
        let folder = folder_of(path)?;
        self.make_folder(folder)?;
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Ok(DiskFile { file, path: path.to_owned(), room: self.room.clone(), finished: false })
    }

    /// Puts a whole file: it appears with all its bytes or not at all.
    pub(crate) fn put<'a>(
        &self,
        path: &Path,
        parts: impl Iterator<Item = &'a [u8]>,
        if_there: IfThere,
    ) -> io::Result<()> {
        let staged = staged_name(path)?;
        let mut file = self.begin(&staged)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.sync()?;
        match if_there {
            IfThere::Replace => {
                fs::rename(&staged, path)?;
                file.finished = true;
            }
            IfThere::Refuse => fs::hard_link(&staged, path)?, // the staged name goes with `file`
        }
        drop(file);
        sync_folder(folder_of(path)?)
    }

    /// Makes the folder that everything is in.
    pub(crate) fn make_root(&self, folder: &Path) -> io::Result<()> {
        self.make_folder(&std::path::absolute(folder)?)
    }

    /// Writes nothing into a folder, to see what time the disk says it is.
    pub(crate) fn touch(&self, folder: &Path) -> io::Result<fs::Metadata> {
        let file = self.begin(&staged_name(&folder.join(TOUCHED))?)?;
        file.file.metadata()
    }

    /// Makes a folder, and its parents, for good.
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if self.known().contains(folder) && folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            if !parent.is_dir() {
                self.make_folder(parent)?;
            }
            match fs::create_dir(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                // Whoever made it may not have synced it yet.
                Err(_) | Ok(()) => sync_folder(parent)?,
            }
        }
        self.known().insert(folder.to_owned());
        Ok(())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file being written; it is removed when it is dropped unfinished.
#[derive(Debug)]
pub(crate) struct DiskFile {
    file: File,
    path: PathBuf,
    room: Room,
    finished: bool,
}

impl DiskFile {
    /// Puts it on disk. Answers with its size and when it was written last, in milliseconds, by the disk's clock.
    pub(crate) fn finish(mut self) -> io::Result<(u64, i64)> {
        self.sync()?;
        sync_folder(folder_of(&self.path)?)?;
        let metadata = self.file.metadata()?;
        self.finished = true;
        Ok((metadata.len(), written_at(&metadata)))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.sync_all()
    }
}

impl Write for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.room.take(bytes.len())?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for DiskFile {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // Without a name in the log it is nobody's; what cannot be removed here is swept later.
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "an unfinished file stays");
        }
    }
}

/// How much fits on the disk: everything, except in tests of full disks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    #[cfg(test)]
    pub(crate) left: Option<Arc<std::sync::atomic::AtomicI64>>,
}

impl Room {
    #[cfg(not(test))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the test's disk can be full"
    )]
    fn take(&self, _bytes: usize) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn take(&self, bytes: usize) -> io::Result<()> {
        use std::sync::atomic::Ordering;
        let Some(left) = &self.left else { return Ok(()) };
        let bytes = i64::try_from(bytes).unwrap();
        if left.fetch_sub(bytes, Ordering::SeqCst) < bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

/// When a file was written last, in milliseconds since 1970; 0 where the disk does not say.
pub(crate) fn written_at(metadata: &fs::Metadata) -> i64 {
    let since =
        metadata.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    path.parent()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a file needs a folder"))
}

/// A name beside the final one. Stores list no name that ends with `#` and digits.
fn staged_name(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name =
        name.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a file needs a name"))?;
    Ok(path.with_file_name(format!("{name}#{}", Uuid::new_v4().as_u128())))
}
