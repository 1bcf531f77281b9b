//! An object store on a local disk whose answers can be relied on after the power has gone.
//!
//! Reading and listing are the local store's; everything that changes a name goes through [`Disk`].

use std::fmt;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    UploadPart,
};

use crate::disk::{Disk, IfThere};

const NAME: &str = "durable";

/// A folder as an object store; what it has answered to is on disk.
#[derive(Clone, Debug)]
pub(crate) struct DurableStore {
    files: Arc<LocalFileSystem>,
    disk: Disk,
}

impl DurableStore {
    /// A store over files, written through this disk.
    pub(crate) fn new(files: LocalFileSystem, disk: Disk) -> Self {
        Self { files: Arc::new(files), disk }
    }
}

impl fmt::Display for DurableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME} {}", self.files)
    }
}

#[async_trait]
impl ObjectStore for DurableStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let if_there = match options.mode {
            PutMode::Overwrite => IfThere::Replace,
            PutMode::Create => IfThere::Refuse,
            PutMode::Update(_) => return Err(unknown("a conditional update")),
        };
        self.put_whole(location, payload, if_there).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Parts { store: self.clone(), location: location.clone(), given: vec![] }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(location, options).await
    }

    async fn get_ranges(
        &self,
        location: &Path,
        ranges: &[std::ops::Range<u64>],
    ) -> Result<Vec<bytes::Bytes>> {
        self.files.get_ranges(location, ranges).await
    }

    // A file that comes back after a power failure is removed again; nothing depends on its absence.
    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let if_there = match options.mode {
            CopyMode::Overwrite => IfThere::Replace,
            CopyMode::Create => IfThere::Refuse,
        };
        let bytes = self.files.get_opts(from, GetOptions::default()).await?.bytes().await?;
        self.put_whole(to, bytes.into(), if_there).await
    }
}

impl DurableStore {
    async fn put_whole(
        &self,
        location: &Path,
        payload: PutPayload,
        if_there: IfThere,
    ) -> Result<()> {
        let path = self.files.path_to_filesystem(location)?;
        let disk = self.disk.clone();
        let put = move || disk.put(&path, payload.iter().map(AsRef::as_ref), if_there);
        let done = match tokio::runtime::Handle::try_current() {
            Ok(runtime) => runtime.spawn_blocking(put).await.map_err(io::Error::other).flatten(),
            Err(_) => put(),
        };
        done.map_err(|source| as_store_error(location, source))
    }
}

fn as_store_error(location: &Path, source: io::Error) -> Error {
    if source.kind() == io::ErrorKind::AlreadyExists {
        Error::AlreadyExists { path: location.to_string(), source: source.into() }
    } else {
        Error::Generic { store: NAME, source: source.into() }
    }
}

fn unknown(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.to_owned(), implementer: NAME.to_owned() }
}

/// A file given in parts. It is small (a checkpoint of the log), so it waits in memory to be put whole.
#[derive(Debug)]
struct Parts {
    store: DurableStore,
    location: Path,
    given: Vec<PutPayload>,
}

#[async_trait]
impl MultipartUpload for Parts {
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        self.given.push(part);
        Box::pin(std::future::ready(Ok(())))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let given = std::mem::take(&mut self.given);
        let whole: PutPayload = given.into_iter().flatten().collect();
        self.store.put_whole(&self.location, whole, IfThere::Replace).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn abort(&mut self) -> Result<()> {
        self.given.clear();
        Ok(())
    }
}
