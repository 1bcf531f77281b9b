//! Side state and blobs.

use std::sync::Arc;

use fengsui_vocabulary::BlobId;
use jiff::Timestamp;

use super::Node;
use super::disk::{Blob, Disk, Kept};
use super::faults::Call;
use crate::blob::Collected;
use crate::board::time_of;
use crate::fault::{SideFault, StoreFault};
use crate::side::{Expected, Side, SideWrite};

/// Whether what a write expects is there.
pub(super) fn is_expected(disk: &Disk, write: &SideWrite) -> bool {
    let SideWrite::Put { expected, .. } = write else { return true };
    let there = disk.side.get(&write.place());
    match expected {
        Expected::Any => true,
        Expected::Absent => there.is_none(),
        Expected::Version(version) => there.is_some_and(|kept| kept.version == *version),
    }
}

/// Carries a write out; says whether there was something before.
pub(super) fn write(disk: &mut Disk, write: &SideWrite) -> Result<bool, StoreFault> {
    write.check()?;
    let place = write.place();
    Ok(match write {
        SideWrite::Put { value, expires_at, .. } => {
            let version = disk.side.get(&place).map_or(0, |kept| kept.version) + 1;
            let expires_at = expires_at.map(Timestamp::as_microsecond);
            disk.side.insert(place, Kept { value: value.clone(), version, expires_at }).is_some()
        }
        SideWrite::Delete { .. } => disk.side.remove(&place).is_some(),
        SideWrite::EraseBlob(blob) => {
            disk.chunks.retain(|(of, _), _| of != blob);
            let known = disk.blobs.get_mut(blob);
            known.is_some_and(|known| known.key.take().is_some())
        }
    })
}

fn side_of(key: &str, kept: &Kept) -> Result<Side, StoreFault> {
    Ok(Side {
        key: key.to_owned(),
        value: kept.value.clone(),
        version: kept.version,
        expires_at: kept.expires_at.map(time_of).transpose()?,
    })
}

impl Node {
    pub(crate) async fn side_get(&self, kind: &str, key: &str) -> Result<Option<Side>, StoreFault> {
        let place = (kind.to_owned(), key.to_owned());
        self.call(Call::reads("read side state"), |disk| {
            disk.side.get(&place).map(|kept| side_of(key, kept)).transpose()
        })
        .await
    }

    pub(crate) async fn side_put(&self, change: SideWrite) -> Result<(), SideFault> {
        self.call(Call::writes("write side state"), |disk| {
            if !is_expected(disk, &change) {
                return Err(SideFault::Changed);
            }
            write(disk, &change)?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn side_delete(&self, change: SideWrite) -> Result<bool, StoreFault> {
        self.call(Call::writes("delete side state"), |disk| write(disk, &change)).await
    }

    pub(crate) async fn side_list(
        &self,
        kind: &str,
        prefix: &str,
    ) -> Result<Vec<Side>, StoreFault> {
        self.call(Call::reads("list side state"), |disk| {
            let from = (kind.to_owned(), prefix.to_owned());
            let of_kind = disk.side.range(from..).take_while(|((known, _), _)| known == kind);
            let meant = of_kind.take_while(|((_, key), _)| key.starts_with(prefix));
            meant.map(|((_, key), kept)| side_of(key, kept)).collect()
        })
        .await
    }

    pub(crate) async fn side_sweep(&self, now: Timestamp) -> Result<u64, StoreFault> {
        self.call(Call::writes("sweep side state"), |disk| {
            let before = disk.side.len();
            disk.side.retain(|_, kept| kept.expires_at.is_none_or(|at| at > now.as_microsecond()));
            Ok(u64::try_from(before - disk.side.len()).unwrap_or_default())
        })
        .await
    }

    pub(crate) async fn begin_blob(
        &self,
        id: BlobId,
        key: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreFault> {
        self.call(Call::writes("begin a blob"), |disk| {
            if disk.blobs.contains_key(&id) {
                return Err(StoreFault::Malformed(format!("there is a blob {id} already")));
            }
            let (key, stored_at) = (Some(key.to_vec()), now.as_microsecond());
            disk.blobs.insert(id, Blob { size: None, key, stored_at, used_by: None });
            Ok(())
        })
        .await
    }

    pub(crate) async fn put_chunk(
        &self,
        id: BlobId,
        chunk: i64,
        bytes: Vec<u8>,
    ) -> Result<(), StoreFault> {
        self.call(Call::writes("write a chunk"), |disk| {
            disk.chunks.insert((id, chunk), bytes.into());
            Ok(())
        })
        .await
    }

    pub(crate) async fn complete_blob(&self, id: BlobId, size: u64) -> Result<(), StoreFault> {
        self.call(Call::writes("complete a blob"), |disk| {
            let open = disk.blobs.get_mut(&id).filter(|blob| blob.size.is_none());
            let gone = || StoreFault::Malformed(format!("{id} was collected"));
            open.ok_or_else(gone)?.size = Some(size);
            Ok(())
        })
        .await
    }

    pub(crate) async fn read_chunk(
        &self,
        id: BlobId,
        chunk: u32,
    ) -> Result<Option<Vec<u8>>, StoreFault> {
        self.call(Call::reads("read a blob"), |disk| {
            let bytes: Option<&Arc<[u8]>> = disk.chunks.get(&(id, i64::from(chunk)));
            Ok(bytes.map(|bytes| bytes.to_vec()))
        })
        .await
    }

    /// Size and key of a blob that is complete and was not erased.
    pub(crate) async fn blob(&self, id: BlobId) -> Result<Option<(u64, Vec<u8>)>, StoreFault> {
        self.call(Call::reads("read a blob"), |disk| {
            let known = disk.blobs.get(&id);
            Ok(known.and_then(|blob| Some((blob.size?, blob.key.clone()?))))
        })
        .await
    }

    pub(crate) async fn collect_unreferenced(
        &self,
        older_than: Timestamp,
    ) -> Result<Collected, StoreFault> {
        self.call(Call::writes("collect blobs"), |disk| {
            let is_kept = |blob: &Blob| {
                blob.used_by.is_some() || blob.stored_at >= older_than.as_microsecond()
            };
            let before = disk.blobs.len();
            disk.blobs.retain(|_, blob| is_kept(blob));
            let blobs = &disk.blobs;
            disk.chunks.retain(|(blob, _), _| blobs.contains_key(blob));
            Ok(Collected { blobs: u64::try_from(before - blobs.len()).unwrap_or_default() })
        })
        .await
    }
}
