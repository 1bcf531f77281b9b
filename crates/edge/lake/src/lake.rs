//! The lake: one table in one place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use object_store::local::LocalFileSystem;
use url::Url;

use crate::data::{DataFile, Pin, Pins, Squeeze, Writer};
use crate::disk::{Disk, written_at};
use crate::fault::LakeFault;
use crate::log::{Appended, Change, Log, State};
use crate::session::Engine;
use crate::shape::Shape;
use crate::store::DurableStore;

pub use crate::log::Step;

/// Where a lake is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A URL. This build knows `file:` only.
    Url(Url),
}

/// One durable table. Cheap to clone; all clones are the same lake.
#[derive(Clone, Debug)]
pub struct Lake {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) writer: Writer,
    pub(crate) log: Log,
    pub(crate) engine: Engine,
}

/// How large a lake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// How many changes it has seen.
    pub version: u64,
    /// How many files it consists of.
    pub files: usize,
    /// How many bytes they take.
    pub bytes: u64,
    /// How many rows they hold, as far as the log says.
    pub rows: u64,
}

impl Lake {
    /// Opens the lake at a place, and makes one where there is none.
    pub async fn open(place: Place, shape: Shape) -> Result<Self, LakeFault> {
        Self::open_on(place, shape, Disk::default()).await
    }

    pub(crate) async fn open_on(place: Place, shape: Shape, disk: Disk) -> Result<Self, LakeFault> {
        shape.check()?;
        let folder = folder_of(place)?;
        disk.make_root(&folder).map_err(|error| LakeFault::of("make its folder", error))?;
        let folder = folder.canonicalize();
        let folder = folder.map_err(|error| LakeFault::of("find its folder", error))?;
        let location = Url::from_directory_path(&folder);
        let location = location.map_err(|()| LakeFault::Place {
            place: folder.display().to_string(),
            why: "its path cannot be a URL".into(),
        })?;
        let shape = Arc::new(shape);
        let files = DurableStore::new(LocalFileSystem::new(), disk.clone());
        let log = Log::open(Arc::new(files), &location, Arc::clone(&shape)).await?;
        let engine = Engine::new(&folder, disk.clone(), &shape)?;
        let pins = Pins::default();
        let stored = shape.stored();
        let writer = Writer { shape, stored, disk, root: folder, pins };
        Ok(Self { inner: Arc::new(Inner { writer, log, engine }) })
    }

    /// Writes rows as files that nobody sees yet, one for each day. They are on disk when this returns.
    ///
    /// It blocks and computes; any thread may call it.
    pub fn write(&self, rows: &RecordBatch) -> Result<Vec<DataFile>, LakeFault> {
        self.write_as(rows, Squeeze::Fresh)
    }

    /// As [`Lake::write`], pressed harder or less hard.
    pub fn write_as(&self, rows: &RecordBatch, how: Squeeze) -> Result<Vec<DataFile>, LakeFault> {
        self.inner.writer.write(rows, how)
    }

    /// Makes files visible and moves sources on: both or neither, and on disk when this returns.
    ///
    /// Every step is compared with the log as it is at that moment, whoever wrote to it.
    pub async fn commit(&self, files: Vec<DataFile>, steps: &[Step]) -> Result<(), LakeFault> {
        if files.is_empty() && steps.is_empty() {
            return Ok(());
        }
        for file in &files {
            self.check_there(file)?;
        }
        let change = Change {
            steps,
            at: self.inner.clock()?,
            adds: files.iter().map(|file| file.add.clone()).collect(),
            removes: vec![],
            operation: "WRITE",
            moves_rows_only: false,
        };
        self.inner.log.append(&change).await.map(|_appended| ())
    }

    /// How far a source has come, read anew from the log.
    pub async fn reached(&self, app: &str) -> Result<Option<i64>, LakeFault> {
        self.inner.log.reached(app).await
    }

    /// How large the lake is now.
    pub async fn table(&self) -> Result<Table, LakeFault> {
        let state = Arc::clone(&self.inner.log.now().await?.state);
        let files = state.files.values();
        Ok(Table {
            version: state.version,
            files: state.files.len(),
            bytes: files.clone().filter_map(|file| u64::try_from(file.add.size).ok()).sum(),
            rows: files.filter_map(|file| file.stats.rows).sum(),
        })
    }

    /// A sweeper elsewhere may have taken a file that waited too long.
    fn check_there(&self, file: &DataFile) -> Result<(), LakeFault> {
        if self.inner.writer.root.join(Path::new(file.path())).is_file() {
            return Ok(());
        }
        Err(LakeFault::Gone { path: file.path().to_owned() })
    }
}

impl Inner {
    /// The table as it is now, whose files no sweeper of this process takes while the pin is held.
    pub(crate) async fn snapshot(&self) -> Result<(Arc<State>, Pin), LakeFault> {
        let known = self.log.now().await?;
        let state = Arc::clone(&known.state);
        let pin = self.writer.pins.pin(state.files.keys().cloned());
        drop(known);
        Ok((state, pin))
    }

    /// Commits a change of files alone.
    pub(crate) async fn rewrite(
        &self,
        operation: &'static str,
        removes: Vec<Arc<crate::log::Active>>,
        adds: &[DataFile],
    ) -> Result<Appended, LakeFault> {
        let change = Change {
            steps: &[],
            at: self.clock()?,
            moves_rows_only: !adds.is_empty(),
            adds: adds.iter().map(|file| file.add.clone()).collect(),
            removes,
            operation,
        };
        self.log.append(&change).await
    }

    /// What time it is by the clock of the disk, in milliseconds: ages of files are measured with it.
    pub(crate) fn clock(&self) -> Result<i64, LakeFault> {
        let touched = self.writer.disk.touch(&self.writer.root);
        touched
            .map(|metadata| written_at(&metadata))
            .map_err(|error| LakeFault::of("read the clock of its disk", error))
    }
}

fn folder_of(place: Place) -> Result<PathBuf, LakeFault> {
    let url = match place {
        Place::Folder(folder) => return Ok(folder),
        Place::Url(url) => url,
    };
    let refused = |why: &str| LakeFault::Place { place: url.to_string(), why: why.to_owned() };
    if url.scheme() != "file" {
        return Err(refused("this program was built without object storage; give a folder"));
    }
    url.to_file_path().map_err(|()| refused("it names no folder of this machine"))
}
