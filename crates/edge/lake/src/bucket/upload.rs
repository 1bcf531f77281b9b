//! A data file on its way into a bucket: in parts, of which few are in memory at once.
//!
//! Whoever writes blocks until there is room for the next part. A file that fits into one part is put as it is.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use object_store::path::Path;
use object_store::{
    MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutPayload, Result,
};

use crate::threads::Threads;

/// Bytes of a part. Storages want all but the last to be of one size, and at least 5 MiB.
pub(crate) const PART_BYTES: usize = 8 << 20;
/// Parts under way beside the one that is filled.
const PARTS_AHEAD: usize = 2;

/// A data file that nobody sees before [`Upload::finish`].
pub(crate) struct Upload {
    table: Arc<dyn ObjectStore>,
    threads: Arc<Threads>,
    name: Path,
    part: Vec<u8>,
    bytes: u64,
    parts: Option<Box<dyn MultipartUpload>>,
    under_way: VecDeque<Receiver<Result<()>>>,
    state: State,
}

/// What has to be cleared away when it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Parts at most.
    Open,
    /// It may have its name.
    Finishing,
    Finished,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Upload");
        shown.field("name", &self.name).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Upload {
    pub(crate) fn new(table: Arc<dyn ObjectStore>, threads: Arc<Threads>, name: Path) -> Self {
        let (part, parts, under_way) = (Vec::new(), None, VecDeque::new());
        Self { table, threads, name, part, bytes: 0, parts, under_way, state: State::Open }
    }

    /// Puts it there for good. Answers with its size and when it was written, by the storage's clock.
    pub(crate) fn finish(mut self) -> io::Result<(u64, i64)> {
        self.state = State::Finishing;
        let put = if self.parts.is_some() { self.complete() } else { self.put_whole() };
        // What a storage has taken is there even if its answer got lost: no other file has this name.
        let meta = match (put, self.head()) {
            (_, Ok(meta)) if meta.size == self.bytes => meta,
            (Err(error), _) | (Ok(()), Err(error)) => return Err(error),
            (Ok(()), Ok(meta)) => {
                let why = format!("{} bytes of {} have arrived", meta.size, self.bytes);
                return Err(io::Error::other(why));
            }
        };
        self.state = State::Finished;
        Ok((self.bytes, meta.last_modified.timestamp_millis()))
    }

    fn put_whole(&mut self) -> io::Result<()> {
        let payload = PutPayload::from(std::mem::take(&mut self.part));
        let (table, name) = (Arc::clone(&self.table), self.name.clone());
        let put = self.wait(async move { table.put(&name, payload).await })?;
        put.map(|_| ()).map_err(io::Error::other)
    }

    fn complete(&mut self) -> io::Result<()> {
        if !self.part.is_empty() {
            self.send_part()?;
        }
        self.await_parts(0)?;
        let Some(mut parts) = self.parts.take() else { return Ok(()) };
        let (done, parts) = self.wait(async move { (parts.complete().await, parts) })?;
        if done.is_err() {
            self.parts = Some(parts); // to be given up
        }
        done.map(|_| ()).map_err(io::Error::other)
    }

    fn head(&self) -> io::Result<ObjectMeta> {
        let (table, name) = (Arc::clone(&self.table), self.name.clone());
        self.wait(async move { table.head(&name).await })?.map_err(io::Error::other)
    }

    /// Sends what has been gathered, when there is room for it.
    fn send_part(&mut self) -> io::Result<()> {
        if self.parts.is_none() {
            let (table, name) = (Arc::clone(&self.table), self.name.clone());
            let begun = self.wait(async move { table.put_multipart(&name).await })?;
            self.parts = Some(begun.map_err(io::Error::other)?);
        }
        self.await_parts(PARTS_AHEAD - 1)?;
        let payload = PutPayload::from(std::mem::take(&mut self.part));
        let Some(parts) = &mut self.parts else { return Ok(()) };
        let part = parts.put_part(payload);
        self.under_way.push_back(self.start(part));
        Ok(())
    }

    fn await_parts(&mut self, most: usize) -> io::Result<()> {
        while self.under_way.len() > most {
            let Some(part) = self.under_way.pop_front() else { return Ok(()) };
            part.recv().map_err(io::Error::other)?.map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Lets the bucket's threads do something, and waits for it: also where waiting is else not allowed.
    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        self.start(work).recv().map_err(io::Error::other)
    }

    fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Receiver<T> {
        let (tell, told) = sync_channel(1);
        self.threads.run(async move { drop(tell.send(work.await)) });
        told
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.part.len() >= PART_BYTES {
            self.send_part()?;
        }
        let room = PART_BYTES.saturating_sub(self.part.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.part.extend_from_slice(taken);
        self.bytes = self.bytes.saturating_add(u64::try_from(taken.len()).unwrap_or(u64::MAX));
        Ok(taken.len())
    }

    /// Parts are of one size; nothing is sent before its time.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.state == State::Finished {
            return;
        }
        let (table, name, state) = (Arc::clone(&self.table), self.name.clone(), self.state);
        let parts = self.parts.take();
        self.threads.run(async move {
            if let Some(mut parts) = parts
                && let Err(error) = parts.abort().await
            {
                tracing::debug!(%error, %name, "parts of a file that was given up stay");
            }
            if state == State::Finishing
                && let Err(error) = table.delete(&name).await
            {
                tracing::debug!(%error, %name, "a file that was given up stays");
            }
        });
    }
}
