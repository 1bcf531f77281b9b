//! A storage whose faults can be shown to anybody.
//!
//! What a storage says about a request that it refused may repeat the request, its keys and tokens among it. So of
//! each fault only its kind is kept; see [`crate::BucketFault`].

use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

use super::fault::cleaned;

/// A bucket, as the engine and deltalake use it.
#[derive(Clone)]
pub(super) struct Careful(AmazonS3);

impl Careful {
    pub(super) fn new(storage: AmazonS3) -> Self {
        Self(storage)
    }
}

/// Its settings hold keys.
impl fmt::Debug for Careful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Careful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Careful {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.0.put_opts(location, payload, options).await.map_err(cleaned)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let upload = self.0.put_multipart_opts(location, options).await.map_err(cleaned)?;
        Ok(Box::new(CarefulUpload(upload)))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await.map_err(cleaned)
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.0.get_ranges(location, ranges).await.map_err(cleaned)
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations).map_err(cleaned).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix).map_err(cleaned).boxed()
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset).map_err(cleaned).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await.map_err(cleaned)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await.map_err(cleaned)
    }
}

/// An upload in parts, likewise.
struct CarefulUpload(Box<dyn MultipartUpload>);

impl fmt::Debug for CarefulUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CarefulUpload").finish_non_exhaustive()
    }
}

#[async_trait]
impl MultipartUpload for CarefulUpload {
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        let put = self.0.put_part(part);
        Box::pin(async move { put.await.map_err(cleaned) })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.0.complete().await.map_err(cleaned)
    }

    async fn abort(&mut self) -> Result<()> {
        self.0.abort().await.map_err(cleaned)
    }
}
