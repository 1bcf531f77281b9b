//! The lake: one table in one place.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use url::Url;
use uuid::Uuid;

use crate::bucket::{Access, OpenBucket, patience, place_of};
use crate::data::{DataFile, Pin, Pins, Squeeze, Writer};
use crate::disk::Disk;
use crate::fault::LakeFault;
use crate::log::{Appended, Change, Log, State};
use crate::medium::{Folder, Medium};
use crate::session::Engine;
use crate::shape::Shape;

pub use crate::log::Step;

/// What questions put on disk; sweepers of other engines pass by names with an underscore.
const SPILL_FOLDER: &str = "_spill";

/// Where a lake is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A URL: `s3://bucket/folder`, or `file:///folder`.
    Url(Url, Access),
}

impl Place {
    /// Where on this machine it is, if it is.
    fn folder(&self) -> Result<Option<PathBuf>, LakeFault> {
        match self {
            Self::Folder(folder) => Ok(Some(folder.clone())),
            Self::Url(url, _) if url.scheme() == "file" => match url.to_file_path() {
                Ok(folder) => Ok(Some(folder)),
                Err(()) => Err(self.refused("it names no folder of this machine")),
            },
            Self::Url(..) => Ok(None),
        }
    }

    /// What it is written on, and where questions put on disk what they cannot keep in memory.
    fn medium(&self) -> Result<(Medium, PathBuf), LakeFault> {
        match self {
            Self::Url(url, access) if ["s3", "s3a"].contains(&url.scheme()) => {
                let bucket = OpenBucket::open(url, access, patience())?;
                Ok((Medium::Bucket(bucket), access.scratch.clone()))
            }
            Self::Folder(folder) => in_folder(folder, Disk::default()),
            Self::Url(..) => Err(self.refused("say a folder, or a bucket as s3://BUCKET/FOLDER")),
        }
    }

    fn refused(&self, why: &str) -> LakeFault {
        LakeFault::Place { place: self.to_string(), why: why.to_owned() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Url(url, _) => f.write_str(&place_of(url)),
        }
    }
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

    /// Opens the lake at a place if there is one, and changes nothing where there is none.
    pub async fn find(place: Place, shape: Shape) -> Result<Option<Self>, LakeFault> {
        shape.check()?;
        let is_folder = |folder: &Path| folder.join("_delta_log").is_dir();
        let (medium, spill) = match place.folder()? {
            Some(folder) if !is_folder(&folder) => return Ok(None),
            Some(folder) => in_folder(&folder, Disk::default())?,
            None => place.medium()?,
        };
        if !Log::is_at(&medium).await? {
            return Ok(None);
        }
        Self::on(medium, spill, shape).await.map(Some)
    }

    pub(crate) async fn open_on(place: Place, shape: Shape, disk: Disk) -> Result<Self, LakeFault> {
        shape.check()?;
        let (medium, spill) = match place.folder()? {
            Some(folder) => in_folder(&folder, disk)?,
            None => place.medium()?,
        };
        Self::on(medium, spill, shape).await
    }

    pub(crate) async fn on(
        medium: Medium,
        spill: PathBuf,
        shape: Shape,
    ) -> Result<Self, LakeFault> {
        let shape = Arc::new(shape);
        let log = Log::open(medium.clone(), Arc::clone(&shape)).await?;
        let engine = Engine::new(medium.objects()?, spill, &shape);
        let (pins, stored) = (Pins::default(), shape.stored());
        let writer = Writer { shape, stored, medium, pins };
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
        let names: Vec<&str> = files.iter().map(DataFile::path).collect();
        let change = Change {
            id: Uuid::new_v4(),
            steps,
            at: self.inner.writer.medium.check_there(&names).await?,
            adds: files.iter().map(|file| file.add.clone()).collect(),
            removes: vec![],
            operation: "WRITE",
            moves_rows_only: false,
        };
        match self.inner.log.append(&change).await? {
            Appended::Done | Appended::Outdated => Ok(()),
            Appended::Unsure(fault) => Err(fault),
        }
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

    /// Waits until nobody's question holds memory or disk any more, those that were given up among them.
    pub async fn idle(&self) {
        self.inner.engine.idle().await;
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
            id: Uuid::new_v4(),
            steps: &[],
            at: self.writer.medium.clock().await?,
            moves_rows_only: !adds.is_empty(),
            adds: adds.iter().map(|file| file.add.clone()).collect(),
            removes,
            operation,
        };
        self.log.append(&change).await
    }
}

fn in_folder(folder: &Path, disk: Disk) -> Result<(Medium, PathBuf), LakeFault> {
    let folder = Folder::open(folder, disk)?;
    let spill = folder.root.join(SPILL_FOLDER);
    Ok((Medium::Folder(folder), spill))
}
