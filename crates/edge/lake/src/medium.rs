//! What a lake is written on: a folder of this machine, or a bucket. Everything else is the same code.
//!
//! A data file is begun, written and finished; then it is there for good, and nobody sees it before its commit.
//! What a version of the log is named is decided by the medium: whoever names it first has it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use deltalake_core::logstore::{LogStoreRef, StorageConfig, logstore_with};
use object_store::local::LocalFileSystem;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use url::Url;

use crate::bucket::{OpenBucket, Upload};
use crate::disk::{Disk, DiskFile, written_at};
use crate::fault::LakeFault;
use crate::store::DurableStore;

const SWEEP: &str = "remove what nobody needs";

/// What a lake is written on.
#[derive(Clone, Debug)]
pub(crate) enum Medium {
    Folder(Folder),
    Bucket(OpenBucket),
}

/// A folder of this machine.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    pub(crate) disk: Disk,
}

/// A file, and how old it is.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) written_at: i64,
}

/// What became of an attempt to name something first.
#[derive(Debug)]
pub(crate) enum Named {
    /// It is ours, and there for good.
    Ours,
    /// Somebody else was first, or is about to be: look again.
    Taken,
    /// It is not there, and will not be.
    Refused(StoreError),
    /// It may be there, or may still come to be.
    Unsure(StoreError),
}

impl Medium {
    /// The log of the table, as deltalake reads it.
    pub(crate) fn log(&self) -> Result<LogStoreRef, LakeFault> {
        match self {
            Self::Folder(folder) => {
                let files = DurableStore::new(LocalFileSystem::new(), folder.disk.clone());
                let location = location_of(&folder.root)?;
                Ok(logstore_with(Arc::new(files), &location, StorageConfig::default())?)
            }
            Self::Bucket(bucket) => Ok(bucket.log()),
        }
    }

    /// All files, by their names within the table.
    pub(crate) fn objects(&self) -> Result<Arc<dyn ObjectStore>, LakeFault> {
        match self {
            Self::Folder(folder) => {
                let files = LocalFileSystem::new_with_prefix(&folder.root);
                let files = files.map_err(|error| LakeFault::of("open its folder", error))?;
                Ok(Arc::new(DurableStore::new(files, folder.disk.clone())))
            }
            Self::Bucket(bucket) => Ok(bucket.objects()),
        }
    }

    /// Begins a data file. It blocks.
    pub(crate) fn begin(&self, name: &str) -> io::Result<OpenObject> {
        match self {
            Self::Folder(folder) => folder.disk.begin(&folder.at(name)).map(OpenObject::File),
            Self::Bucket(bucket) => Ok(OpenObject::Object(bucket.begin(name))),
        }
    }

    /// Whether a name can be given to one only. A storage that gives it to two would lose what the first has written.
    pub(crate) async fn check_names(&self) -> Result<(), LakeFault> {
        match self {
            Self::Folder(_) => Ok(()),
            Self::Bucket(bucket) => bucket.check_names().await,
        }
    }

    /// Puts something under a name that nobody may have given before.
    pub(crate) async fn name(
        &self,
        store: &dyn ObjectStore,
        name: &object_store::path::Path,
        text: Bytes,
    ) -> Named {
        match self {
            Self::Bucket(bucket) => bucket.name(store, name, text).await,
            Self::Folder(_) => {
                let payload = PutPayload::from(text);
                match store.put_opts(name, payload, PutMode::Create.into()).await {
                    Ok(_) => Named::Ours,
                    Err(StoreError::AlreadyExists { .. }) => Named::Taken,
                    // It had its name, and then the folder could not be synced.
                    Err(error) if store.head(name).await.is_ok() => Named::Unsure(error),
                    Err(error) => Named::Refused(error),
                }
            }
        }
    }

    /// Whether files that were written are there still, since sweepers elsewhere may have taken them, and what time
    /// it is.
    pub(crate) async fn check_there(&self, names: &[&str]) -> Result<i64, LakeFault> {
        match self {
            Self::Folder(folder) => {
                let absent = names.iter().find(|name| !folder.at(name).is_file());
                match absent {
                    Some(name) => Err(LakeFault::Gone { path: (*name).to_owned() }),
                    None => self.clock().await,
                }
            }
            Self::Bucket(bucket) => bucket.check_there(names).await,
        }
    }

    /// What time it is by the clock of the medium, in milliseconds: ages of files are measured with it.
    pub(crate) async fn clock(&self) -> Result<i64, LakeFault> {
        match self {
            Self::Folder(folder) => {
                let touched = folder.disk.touch(&folder.root);
                touched
                    .map(|metadata| written_at(&metadata))
                    .map_err(|error| LakeFault::of("read the clock of its disk", error))
            }
            Self::Bucket(bucket) => bucket.clock().await,
        }
    }

    /// Removes a file that nobody knows. What cannot be removed is swept later.
    pub(crate) fn discard(&self, name: &str) {
        match self {
            Self::Folder(folder) => {
                if let Err(error) = fs::remove_file(folder.at(name)) {
                    tracing::debug!(%error, path = name, "a file that nobody needs stays");
                }
            }
            Self::Bucket(bucket) => bucket.discard(name),
        }
    }

    /// Data files, and half-written files beside them and in the log; nothing that others may have put there.
    pub(crate) async fn found(&self) -> Result<Vec<Found>, LakeFault> {
        match self {
            Self::Folder(folder) => folder.found().map_err(|error| LakeFault::of(SWEEP, error)),
            Self::Bucket(bucket) => bucket.found().await,
        }
    }

    /// Removes files; such as are gone already count as well.
    pub(crate) async fn remove(&self, files: &[Found]) -> Result<(), LakeFault> {
        match self {
            Self::Folder(folder) => {
                let removed = files.iter().try_for_each(|file| folder.remove(&file.name));
                removed.map_err(|error| LakeFault::of(SWEEP, error))
            }
            Self::Bucket(bucket) => bucket.remove(files).await,
        }
    }
}

/// A data file being written; it is removed when it is dropped unfinished.
#[derive(Debug)]
pub(crate) enum OpenObject {
    File(DiskFile),
    Object(Upload),
}

impl OpenObject {
    /// Puts it there for good. Answers with its size and when it was written last, in milliseconds, by the medium's
    /// clock.
    pub(crate) fn finish(self) -> io::Result<(u64, i64)> {
        match self {
            Self::File(file) => file.finish(),
            Self::Object(upload) => upload.finish(),
        }
    }
}

impl Write for OpenObject {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Object(upload) => upload.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Object(upload) => upload.flush(),
        }
    }
}

impl Folder {
    /// Makes the folder where there is none.
    pub(crate) fn open(folder: &Path, disk: Disk) -> Result<Self, LakeFault> {
        disk.make_root(folder).map_err(|error| LakeFault::of("make its folder", error))?;
        let root = folder.canonicalize();
        let root = root.map_err(|error| LakeFault::of("find its folder", error))?;
        Ok(Self { root, disk })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.join(Path::new(name))
    }

    fn found(&self) -> io::Result<Vec<Found>> {
        let mut found = files_of(&self.root, "")?;
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            let Ok(name) = folder.file_name().into_string() else { continue };
            let ours = name == "_delta_log" || name.contains('=');
            if ours && folder.file_type()?.is_dir() {
                found.extend(files_of(&folder.path(), &format!("{name}/"))?);
            }
        }
        Ok(found)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.at(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Err(_) | Ok(()) => Ok(()),
        }
    }
}

fn location_of(folder: &Path) -> Result<Url, LakeFault> {
    Url::from_directory_path(folder).map_err(|()| LakeFault::Place {
        place: folder.display().to_string(),
        why: "its path cannot be a URL".into(),
    })
}

fn files_of(folder: &Path, prefix: &str) -> io::Result<Vec<Found>> {
    let mut found = vec![];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !(is_data(prefix, &name) || is_staged(&name)) {
            continue;
        }
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let (name, bytes) = (format!("{prefix}{name}"), metadata.len());
        found.push(Found { name, bytes, written_at: written_at(&metadata) });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// Whether a file beside others of one day holds rows.
pub(crate) fn is_data(folder: &str, name: &str) -> bool {
    folder.contains('=') && Path::new(name).extension().is_some_and(|kind| kind == "parquet")
}

/// Whether a file never got its name.
fn is_staged(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
