//! Blobs: personal data and texts from outside, in chunks, each with a key of its own.
//!
//! A blob is written before the command that points at it, or along with it when it is small. What
//! no entry points at is collected. The journal holds a keyed digest; the key is erased with the blob.

use fengsui_vocabulary::BlobId;
use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::hash::DigestState;
use crate::journal::{column, count, number};
use crate::statement::{Bind, Statement, with_texts};
use crate::store::{Store, modelled};
use crate::writer::Step;

/// A blob that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its id.
    pub id: BlobId,
    /// Its size in bytes.
    pub size: u64,
    /// What the entry that points at it holds; see [`crate::digest`].
    pub digest: String,
}

/// What a collection has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Blobs that nothing pointed at.
    pub blobs: u64,
}

/// A blob that is being written. It counts as absent until it is finished.
#[derive(Debug)]
pub struct BlobSink {
    store: Store,
    id: BlobId,
    held: Vec<u8>,
    chunks: i64,
    size: u64,
    digest: SecretDigest,
}

struct SecretDigest(DigestState);

impl std::fmt::Debug for SecretDigest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("…")
    }
}

impl BlobSink {
    fn begin(store: &Store, id: BlobId, key: &[u8]) -> Self {
        Self {
            store: store.clone(),
            id,
            held: Vec::new(),
            chunks: 0,
            size: 0,
            digest: SecretDigest(DigestState::begin(key)),
        }
    }

    /// Takes in some bytes; full chunks are on disk when it returns.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreFault> {
        self.digest.0.update(bytes);
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.held.extend_from_slice(bytes);
        let chunk = self.store.chunk_bytes_max();
        while self.held.len() >= chunk {
            let rest = self.held.split_off(chunk);
            let full = std::mem::replace(&mut self.held, rest);
            self.put(full).await?;
        }
        Ok(())
    }

    /// Completes the blob. A command may point at it from now on.
    pub async fn finish(mut self) -> Result<StoredBlob, StoreFault> {
        if !self.held.is_empty() {
            let last = std::mem::take(&mut self.held);
            self.put(last).await?;
        }
        modelled!(self.store, node => {
            node.complete_blob(self.id, self.size).await?;
            Ok(StoredBlob { id: self.id, size: self.size, digest: self.digest.0.finish() })
        });
        let binds = vec![self.id.to_string().into(), number(self.size)?.into()];
        let step = Step::must(Statement::of(COMPLETE, binds));
        self.store
            .carry_out("complete a blob", vec![step])
            .await?
            .ok_or_else(|| StoreFault::Malformed(format!("{} was collected", self.id)))?;
        Ok(StoredBlob { id: self.id, size: self.size, digest: self.digest.0.finish() })
    }

    async fn put(&mut self, bytes: Vec<u8>) -> Result<(), StoreFault> {
        let chunk = self.chunks;
        self.chunks += 1;
        modelled!(self.store, node => node.put_chunk(self.id, chunk, bytes).await);
        let binds = vec![self.id.to_string().into(), chunk.into(), bytes.into()];
        let step = Step::may(Statement::of(PUT_CHUNK, binds));
        self.store.carry_out("write a chunk", vec![step]).await.map(|_| ())
    }
}

impl Store {
    /// Begins a blob with its own random key. Refused when the id is taken.
    pub async fn begin_blob(
        &self,
        id: BlobId,
        key: &[u8],
        now: Timestamp,
    ) -> Result<BlobSink, StoreFault> {
        modelled!(self, node => {
            node.begin_blob(id, key, now).await.map(|()| BlobSink::begin(self, id, key))
        });
        let binds = vec![
            id.to_string().into(),
            INCOMPLETE.into(),
            key.to_vec().into(),
            now.as_microsecond().into(),
            Bind::Text(None),
        ];
        let step =
            Step::must(Statement::of(format!("{PUT_BLOB} ($1, $2, $3, $4, $5) {KEEP}"), binds));
        self.carry_out("begin a blob", vec![step])
            .await?
            .ok_or_else(|| StoreFault::Malformed(format!("there is a blob {id} already")))?;
        Ok(BlobSink::begin(self, id, key))
    }

    /// Stores a whole blob that is in memory.
    pub async fn put_blob(
        &self,
        id: BlobId,
        key: &[u8],
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<StoredBlob, StoreFault> {
        let mut sink = self.begin_blob(id, key, now).await?;
        sink.write(bytes).await?;
        sink.finish().await
    }

    /// The content of a blob; `None` when it is absent or erased.
    pub async fn read_blob(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreFault> {
        let Some(size) = self.blob_size(id).await? else { return Ok(None) };
        let mut bytes = Vec::new();
        let mut chunk = 0;
        while let Some(part) = self.read_chunk(id, chunk).await? {
            bytes.extend_from_slice(&part);
            chunk += 1;
        }
        if u64::try_from(bytes.len()).ok() != Some(size) {
            return Err(StoreFault::Unreadable(format!("{id} is not complete")));
        }
        Ok(Some(bytes))
    }

    /// One chunk of a blob, from 0; `None` after the last.
    pub async fn read_chunk(&self, id: BlobId, chunk: u32) -> Result<Option<Vec<u8>>, StoreFault> {
        modelled!(self, node => node.read_chunk(id, chunk).await);
        let asked = Statement::of(READ_CHUNK, vec![id.to_string().into(), i64::from(chunk).into()]);
        let rows = self.read("read a blob", asked).await?;
        rows.first().map(|row| column(row, 0)).transpose()
    }

    /// The size of a blob in bytes; `None` when it is absent, incomplete or erased.
    pub async fn blob_size(&self, id: BlobId) -> Result<Option<u64>, StoreFault> {
        modelled!(self, node => Ok(node.blob(id).await?.map(|(size, _)| size)));
        let asked = Statement::of(READ_BLOB, vec![id.to_string().into()]);
        let rows = self.read("read a blob", asked).await?;
        rows.first().map(|row| count(row, 0)).transpose()
    }

    /// The key of a blob, for its digest; `None` when it is absent, incomplete or erased.
    pub async fn blob_key(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreFault> {
        modelled!(self, node => Ok(node.blob(id).await?.map(|(_, key)| key)));
        let asked = Statement::of(READ_BLOB, vec![id.to_string().into()]);
        let rows = self.read("read a blob", asked).await?;
        rows.first().map(|row| column(row, 1)).transpose()
    }

    /// Removes blobs that were begun before a time and that no entry points at.
    pub async fn collect_unreferenced(
        &self,
        older_than: Timestamp,
    ) -> Result<Collected, StoreFault> {
        modelled!(self, node => node.collect_unreferenced(older_than).await);
        let mut collected = Collected::default();
        loop {
            let asked = Statement::of(UNREFERENCED, vec![older_than.as_microsecond().into()]);
            let rows = self.read("find unreferenced blobs", asked).await?;
            let ids = rows.iter().map(|row| column(row, 0)).collect::<Result<Vec<String>, _>>()?;
            if ids.is_empty() {
                return Ok(collected);
            }
            let blobs = with_texts(DROP_BLOBS, &ids, "AND used_by IS NULL");
            let chunks = with_texts(DROP_CHUNKS, &ids, WITHOUT_BLOB);
            let dropped = blobs.len();
            let steps = blobs.into_iter().chain(chunks).map(Step::may).collect();
            let touched = self.carry_out("collect blobs", steps).await?.unwrap_or_default();
            let gone: u64 = touched.iter().take(dropped).sum();
            if gone == 0 {
                return Ok(collected);
            }
            collected.blobs += gone;
        }
    }
}

/// The size of a blob that is still being written.
const INCOMPLETE: i64 = -1;

pub(crate) const PUT_BLOB: &str = "INSERT INTO blob (blob, size, key, stored_at, used_by) VALUES";

const KEEP: &str = "ON CONFLICT DO NOTHING";

pub(crate) const PUT_CHUNKS: &str = "INSERT INTO blob_chunk (blob, chunk, bytes) VALUES";

const PUT_CHUNK: &str = "INSERT INTO blob_chunk (blob, chunk, bytes) VALUES ($1, $2, $3)";

const COMPLETE: &str = "UPDATE blob SET size = $2 WHERE blob = $1 AND size < 0";

const READ_BLOB: &str = "
    SELECT size, key
    FROM blob
    WHERE blob = $1 AND size >= 0 AND key IS NOT NULL
";

const READ_CHUNK: &str = "SELECT bytes FROM blob_chunk WHERE blob = $1 AND chunk = $2";

const UNREFERENCED: &str = "
    SELECT blob
    FROM blob
    WHERE used_by IS NULL AND stored_at < $1
    ORDER BY stored_at
    LIMIT 500
";

const DROP_BLOBS: &str = "DELETE FROM blob WHERE blob IN";

const DROP_CHUNKS: &str = "DELETE FROM blob_chunk WHERE blob IN";

const WITHOUT_BLOB: &str = "
    AND NOT EXISTS (SELECT 1 FROM blob WHERE blob.blob = blob_chunk.blob)
";
