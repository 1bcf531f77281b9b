//! The lake as the watch's shelf.

use std::path::Path;
use std::time::Duration;

use fengsui_lake::{DataFile, Lake, LakeFault, Limits, Place, Shape, Step};
use fengsui_watch::{BLOOM, PARTITION, Progress, Recall, SORT, Shelf, ShelfFault, VIEWS, schema};
use tokio::runtime::Handle;

use arrow::record_batch::RecordBatch;

/// What remembering may take: it is done once when a collector begins, and must be whole.
const RECALL: Limits =
    Limits { rows: usize::MAX, time: Duration::from_mins(10), memory: 256 << 20, spill: 2 << 30 };

/// The lake, for threads that compute. They block on it; the runtime must not be theirs.
#[derive(Clone, Debug)]
pub(crate) struct LakeShelf {
    lake: Lake,
    runtime: Handle,
}

/// Opens the lake of the records in a folder, and makes one where there is none.
pub(crate) async fn open_lake(folder: &Path) -> Result<Lake, LakeFault> {
    open_place(Place::Folder(folder.to_owned())).await
}

/// Opens the lake of the records wherever it is, and makes one where there is none.
pub(crate) async fn open_place(place: Place) -> Result<Lake, LakeFault> {
    Lake::open(place, shape()).await
}

/// Opens the lake of the records if there is one.
pub(crate) async fn find_lake(place: Place) -> Result<Option<Lake>, LakeFault> {
    Lake::find(place, shape()).await
}

fn shape() -> Shape {
    let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Shape {
        schema: schema(),
        partition: PARTITION.to_owned(),
        sort: named(SORT),
        bloom: named(BLOOM),
        views: VIEWS.iter().map(|&(name, sql)| (name.to_owned(), sql.to_owned())).collect(),
    }
}

impl LakeShelf {
    pub(crate) fn new(lake: Lake, runtime: Handle) -> Self {
        Self { lake, runtime }
    }
}

impl Shelf for LakeShelf {
    type Written = DataFile;

    fn reached(&self, source: &str) -> Result<Option<i64>, ShelfFault> {
        self.runtime.block_on(self.lake.reached(source)).map_err(fault)
    }

    fn write(&self, rows: &RecordBatch) -> Result<Vec<DataFile>, ShelfFault> {
        self.lake.write(rows).map_err(fault)
    }

    fn commit(&self, written: &[DataFile], progress: &[Progress]) -> Result<(), ShelfFault> {
        let steps: Vec<Step> = progress
            .iter()
            .map(|step| Step { app: step.source.clone(), from: step.from, to: step.to })
            .collect();
        self.runtime.block_on(self.lake.commit(written.to_vec(), &steps)).map_err(fault)
    }

    fn read(&self, recall: &Recall, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), ShelfFault> {
        self.runtime.block_on(async {
            let mut answer = self.lake.query(&recall.sql(), RECALL).await.map_err(fault)?;
            while let Some(rows) = answer.next().await.map_err(fault)? {
                each(&rows);
            }
            Ok(())
        })
    }
}

/// What the lake could not do, in the words of the watch.
fn fault(fault: LakeFault) -> ShelfFault {
    match fault {
        LakeFault::Overtaken { app, reached } => {
            ShelfFault::Overtaken { source_name: app, reached }
        }
        full @ LakeFault::Full { .. } => ShelfFault::Full { source: Box::new(full) },
        other @ (LakeFault::Unreachable { .. }
        | LakeFault::Bucket { .. }
        | LakeFault::Place { .. }
        | LakeFault::Shape { .. }
        | LakeFault::Gone { .. }
        | LakeFault::Busy
        | LakeFault::Malformed { .. }
        | LakeFault::Forbidden { .. }
        | LakeFault::TooLong { .. }
        | LakeFault::TooMuch { .. }
        | LakeFault::Failed { .. }) => ShelfFault::Unreachable { source: Box::new(other) },
    }
}
