//! Compaction: many small files of a day become few large ones, in order.
//!
//! The rows are read by the engine, sorted within bounded memory, and written with what helps to find them. The old
//! files go and the new ones come in one commit. If somebody else took one of the old ones meanwhile, nothing is
//! committed and the new ones are removed: rows are neither lost nor doubled, only the work was in vain.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::physical_plan::SendableRecordBatchStream;
use futures::StreamExt as _;
use tokio::sync::oneshot;

use crate::data::{DataFile, OpenFile, Pin, Squeeze, is_sorted};
use crate::fault::LakeFault;
use crate::lake::{Inner, Lake};
use crate::log::{Active, Appended};
use crate::session::Means;
use crate::shape::EVERYTHING;
use crate::threads::Threads;

/// Rows are wide: what is merged at once must fit into memory many times.
const BATCH_ROWS: usize = 1 << 10;

/// What compaction may do and use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compaction {
    /// How far it goes.
    pub depth: Depth,
    /// Files of about so many bytes are made; those of half of it are large enough to stay.
    pub target_bytes: u64,
    /// Bytes of files that are merged at once.
    pub merge_bytes_max: u64,
    /// Fewer files of about the same size are left as they are, unless all are to be merged.
    pub files_min: usize,
    /// Bytes of memory.
    pub memory: usize,
    /// Bytes of disk, while it sorts.
    pub spill: u64,
}

/// How far compaction goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Files of about the same size are merged when there are enough of them: for days that still grow.
    Tiers,
    /// All small files of a day are merged: for days that are over.
    Whole,
}

impl Default for Compaction {
    fn default() -> Self {
        Self {
            depth: Depth::Tiers,
            target_bytes: 256 << 20,
            merge_bytes_max: 1 << 30,
            files_min: 8,
            memory: 256 << 20,
            spill: 16 << 30,
        }
    }
}

/// What compaction has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Files that were merged.
    pub files_before: usize,
    /// Files that they became.
    pub files_after: usize,
    /// Their rows.
    pub rows: u64,
    /// Bytes before.
    pub bytes_before: u64,
    /// Bytes after.
    pub bytes_after: u64,
    /// Merges given up because somebody else had taken a file meanwhile.
    pub given_up: usize,
    /// Merges still to do.
    pub to_do: usize,
}

impl Lake {
    /// Merges small files, a day at a time; `progress` hears after each merge.
    ///
    /// After a fault, what was done before it stays done, and nothing else has changed.
    pub async fn compact(
        &self,
        compaction: Compaction,
        progress: impl Fn(&Compacted) + Send,
    ) -> Result<Compacted, LakeFault> {
        let (state, _pin) = self.inner.snapshot().await?;
        let mut by_day = BTreeMap::<&str, Vec<Arc<Active>>>::new();
        for file in state.files.values() {
            by_day.entry(&file.day).or_default().push(Arc::clone(file));
        }
        let merges: Vec<_> =
            by_day.into_values().flat_map(|files| pick(files, &compaction)).collect();
        let mut done = Compacted { to_do: merges.len(), ..Compacted::default() };
        for merge in merges {
            self.merge(merge, compaction, &mut done).await?;
            done.to_do -= 1;
            progress(&done);
        }
        Ok(done)
    }

    async fn merge(
        &self,
        old: Vec<Arc<Active>>,
        compaction: Compaction,
        done: &mut Compacted,
    ) -> Result<(), LakeFault> {
        let threads = Threads::start()?;
        let (finished, merged) = oneshot::channel();
        let work = Merge { inner: Arc::clone(&self.inner), old: old.clone(), compaction };
        threads.run(async move { drop(finished.send(work.run().await)) });
        let merged = merged.await.map_err(|gone| LakeFault::of("merge its files", gone))??;
        let bytes_before = old.iter().map(|file| bytes_of(file)).sum::<u64>();
        let files_before = old.len();
        match self.inner.rewrite("OPTIMIZE", old, &merged.files).await? {
            Appended::Outdated => {
                done.given_up += 1;
                return Ok(());
            }
            Appended::Unsure(fault) => {
                merged.keep(); // the table may consist of them; else they are swept
                return Err(fault);
            }
            Appended::Done => {}
        }
        let files = merged.keep();
        done.files_before += files_before;
        done.files_after += files.len();
        done.bytes_before += bytes_before;
        done.bytes_after += files.iter().map(DataFile::bytes).sum::<u64>();
        done.rows += files.iter().map(DataFile::rows).sum::<u64>();
        Ok(())
    }
}

/// Some files of one day, being merged.
struct Merge {
    inner: Arc<Inner>,
    old: Vec<Arc<Active>>,
    compaction: Compaction,
}

impl Merge {
    async fn run(self) -> Result<Merged, LakeFault> {
        let _pin: Pin =
            self.inner.writer.pins.pin(self.old.iter().map(|file| file.add.path.clone()));
        let mut rows = self.sorted().await?;
        let day = self.old.first().map(|file| file.day.clone()).unwrap_or_default();
        let mut merged = Merged { inner: Arc::clone(&self.inner), files: vec![] };
        let mut open: Option<OpenFile<'_>> = None;
        let target = usize::try_from(self.compaction.target_bytes).unwrap_or(usize::MAX);
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(LakeFault::of_question)?;
            let mut file = match open.take() {
                Some(file) => file,
                None => self.inner.writer.begin(&day, Squeeze::Sorted)?,
            };
            file.write(&batch)?;
            if file.bytes() >= target {
                merged.files.push(file.finish()?);
            } else {
                open = Some(file);
            }
        }
        if let Some(file) = open {
            merged.files.push(file.finish()?);
        }
        self.check(&merged)?;
        Ok(merged)
    }

    async fn sorted(&self) -> Result<SendableRecordBatchStream, LakeFault> {
        let means = Means {
            memory: self.compaction.memory,
            spill: self.compaction.spill,
            threads: 1, // it runs beside everything else
            batch_rows: BATCH_ROWS,
        };
        let session = self.inner.engine.session(self.old.clone(), means).await;
        let session = session.map_err(LakeFault::of_question)?;
        let sql = format!(
            "SELECT {} FROM {EVERYTHING} ORDER BY {}",
            listed(self.inner.writer.stored.fields().iter().map(|field| field.name())),
            listed(&self.inner.writer.shape.sort),
        );
        let rows = session.sql(&sql).await.map_err(LakeFault::of_question)?;
        rows.execute_stream().await.map_err(LakeFault::of_question)
    }

    /// What goes in must come out: files are not replaced by fewer rows, whatever the reason.
    fn check(&self, merged: &Merged) -> Result<(), LakeFault> {
        let before: Option<u64> = self.old.iter().map(|file| file.stats.rows).sum();
        let after: u64 = merged.files.iter().map(DataFile::rows).sum();
        if before.is_none_or(|before| before == after) {
            return Ok(());
        }
        let why =
            format!("{after} rows of {before:?} were left after merging; nothing was changed");
        Err(LakeFault::Failed { why })
    }
}

/// What old files became; removed again unless it is kept.
struct Merged {
    inner: Arc<Inner>,
    files: Vec<DataFile>,
}

impl Merged {
    fn keep(mut self) -> Vec<DataFile> {
        std::mem::take(&mut self.files)
    }
}

impl Drop for Merged {
    fn drop(&mut self) {
        for file in &self.files {
            self.inner.writer.medium.discard(file.path());
        }
    }
}

/// What of one day is merged with what.
fn pick(files: Vec<Arc<Active>>, compaction: &Compaction) -> Vec<Vec<Arc<Active>>> {
    let large = compaction.target_bytes / 2;
    let small =
        files.into_iter().filter(|file| bytes_of(file) < large || !is_sorted(&file.add.path));
    let mut tiers = BTreeMap::<u32, Vec<Arc<Active>>>::new();
    for file in small {
        let tier = match compaction.depth {
            Depth::Tiers => (bytes_of(&file) >> 20).checked_ilog(4).map_or(0, |log| log + 1),
            Depth::Whole => 0,
        };
        tiers.entry(tier).or_default().push(file);
    }
    let enough = |merge: &Vec<Arc<Active>>| match compaction.depth {
        Depth::Tiers => merge.len() >= compaction.files_min.max(2),
        Depth::Whole => merge.len() > 1 || merge.iter().any(|file| !is_sorted(&file.add.path)),
    };
    let parts = tiers.into_values().flat_map(|tier| in_parts(tier, compaction.merge_bytes_max));
    parts.filter(enough).collect()
}

fn in_parts(files: Vec<Arc<Active>>, bytes_max: u64) -> Vec<Vec<Arc<Active>>> {
    let mut parts = vec![];
    let mut part = vec![];
    let mut bytes = 0u64;
    for file in files {
        bytes = bytes.saturating_add(bytes_of(&file));
        if bytes > bytes_max && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            bytes = bytes_of(&file);
        }
        part.push(file);
    }
    parts.push(part);
    parts
}

fn bytes_of(file: &Active) -> u64 {
    u64::try_from(file.add.size).unwrap_or(0)
}

fn listed<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let quoted = names.into_iter().map(|name| format!("\"{}\"", name.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(", ")
}
