//! The lake as the watch's shelf.

use std::path::Path;
use std::time::Duration;

use fengsui_lake::{DataFile, Lake, LakeFault, Limits, Place, Shape, Step};
use fengsui_watch::{
    BLOOM, PARTITION, Progress, Quarantined, Recall, SORT, Shelf, ShelfFault, Unresolved, VIEWS,
    Within, questions, schema,
};
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

    fn unresolved(&self, asked: &Unresolved) -> Result<Vec<Quarantined>, ShelfFault> {
        self.runtime.block_on(async {
            // First where they end, which needs no piece; then the pieces, of which no more are held than fit.
            let ends = self.lake.query(&questions::unresolved_end(asked), RECALL).await;
            let ends = ends.map_err(fault)?.collect().await.map_err(fault)?;
            let mut last = None;
            for rows in &ends {
                last = questions::quarantined_of(rows).map_err(odd)?.pop().or(last);
            }
            let Some(last) = last else { return Ok(Vec::new()) };
            let sql = questions::unresolved(asked, &last.mark);
            let mut answer = self.lake.query(&sql, RECALL).await.map_err(fault)?;
            let mut within = Within::of(asked);
            while let Some(rows) = answer.next().await.map_err(fault)? {
                within.add_all(questions::quarantined_of(&rows).map_err(odd)?);
            }
            Ok(within.finish())
        })
    }
}

/// The lake answered with something else than it was asked for.
fn odd(fault: arrow::error::ArrowError) -> ShelfFault {
    ShelfFault::Unreachable { source: Box::new(fault) }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;
    use arrow::datatypes::Schema;
    use fengsui_watch::{Dated, Origin, RowKind, Rows, Spot};

    use super::*;

    fn shape_of(schema: Arc<Schema>) -> Shape {
        Shape {
            schema,
            partition: PARTITION.to_owned(),
            sort: vec![],
            bloom: vec![],
            views: vec![],
        }
    }

    /// What an earlier program put on its lake: no column for what is read again.
    fn earlier(rows: &RecordBatch) -> RecordBatch {
        let places: Vec<usize> = (0..rows.num_columns())
            .filter(|place| rows.schema().field(*place).name() != "again")
            .collect();
        rows.project(&places).unwrap()
    }

    fn quarantined() -> RecordBatch {
        let origin = Origin {
            feed: "north".into(),
            partition: "file:a".into(),
            parser: "eve/1",
            observation: 1_773_478_800_000_000,
        };
        let mut rows = Rows::new();
        let dated = Dated { micros: origin.observation, suspect: None };
        for offset in 1..=3 {
            rows.begin(RowKind::Quarantined, &origin, Spot { offset, nth: 0 }, dated);
            rows.put_reason("not_json");
            rows.put_raw(b"{");
        }
        rows.finish().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_lake_of_an_earlier_program_gets_what_it_lacks_when_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let rows = earlier(&quarantined());
        {
            let place = Place::Folder(folder.path().to_owned());
            let lake = Lake::open(place, shape_of(rows.schema())).await.unwrap();
            lake.commit(lake.write(&rows).unwrap(), &[]).await.unwrap();
        }
        let lake = open_lake(folder.path()).await.unwrap();
        let shelf = LakeShelf::new(lake.clone(), Handle::current());
        let asked = Unresolved { pieces_max: 2, ..Unresolved::of("north".parse().unwrap()) };
        let look = {
            let (shelf, asked) = (shelf.clone(), asked.clone());
            move || shelf.unresolved(&asked).unwrap()
        };
        let found = tokio::task::spawn_blocking(look).await.unwrap();
        let places: Vec<i64> = found.iter().map(|piece| piece.mark.offset).collect();
        assert_eq!((places, found[0].about.clone()), (vec![1, 2], None));
        // Old and new rows lie beside each other, and are merged.
        lake.commit(lake.write(&quarantined()).unwrap(), &[]).await.unwrap();
        let deep = fengsui_lake::Compaction {
            depth: fengsui_lake::Depth::Whole,
            ..fengsui_lake::Compaction::default()
        };
        lake.compact(deep, |_done| {}).await.unwrap();
        let sql = "SELECT count(*) AS rows FROM quarantine WHERE again IS NULL";
        let rows = lake.query(sql, Limits::default()).await.unwrap().collect().await.unwrap();
        let counted = rows[0].column(0).as_any().downcast_ref::<Int64Array>().unwrap();
        assert_eq!(counted.value(0), 6);
    }
}
