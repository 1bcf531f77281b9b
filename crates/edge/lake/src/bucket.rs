//! A bucket of a storage that speaks S3, as a place for a lake.
//!
//! Files are there as a whole or not at all, because a storage shows no object before its last byte. A version of
//! the log is put with `If-None-Match`, so that of two writers one is refused; whether a storage honours that is tried
//! before the first commit. An answer that got lost is found out by reading what is there: see [`OpenBucket::name`].
//! Everything the network does runs on threads of the bucket's own, which outlive the questions that use them.

mod careful;
mod fault;
mod upload;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deltalake_core::logstore::{LogStoreRef, StorageConfig, default_logstore};
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::client::SpawnedReqwestConnector;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    BackoffConfig, ClientConfigKey, Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode,
    PutPayload, RetryConfig,
};
use tokio::sync::OnceCell;
use url::Url;

pub use self::fault::BucketFault;
pub(crate) use self::upload::Upload;

use self::careful::Careful;
use crate::fault::LakeFault;
use crate::medium::{Found, Named, is_data};
use crate::threads::Threads;

/// Threads that wait for the network.
const THREADS: usize = 2;
/// Questions to the storage that are under way at once.
const AT_ONCE: usize = 16;
/// How often it is asked what became of a name before that is left open.
const OUTCOME_ATTEMPTS_MAX: usize = 4;
/// Written to see what time the storage says it is, and to try whether it keeps what it is told to keep.
const TOUCHED: &str = "_touched";
const ASK: &str = "ask its storage";
const SWEEP: &str = "remove what nobody needs";

/// How a bucket is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// What S3 tools read from their environment, in small letters: `aws_access_key_id`, `aws_region`,
    /// `aws_endpoint_url` and so on. Others are passed over.
    pub settings: BTreeMap<String, String>,
    /// A folder of this machine for what questions cannot keep in memory.
    pub scratch: PathBuf,
}

/// Secrets are among the settings: only their names are shown.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.settings.keys().collect::<Vec<_>>();
        f.debug_struct("Access").field("settings", &names).field("scratch", &self.scratch).finish()
    }
}

/// A bucket that can be written to.
#[derive(Clone)]
pub(crate) struct OpenBucket {
    whole: Arc<dyn ObjectStore>,
    table: Arc<dyn ObjectStore>,
    location: Url,
    names_checked: Arc<OnceCell<()>>,
    threads: Arc<Threads>,
}

impl fmt::Debug for OpenBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenBucket").field(&self.location.as_str()).finish()
    }
}

impl OpenBucket {
    /// A bucket by its URL, `s3://bucket/folder`. Nothing is asked of it yet.
    pub(crate) fn open(
        url: &Url,
        access: &Access,
        retries: RetryConfig,
    ) -> Result<Self, LakeFault> {
        let refused = |why: &str| LakeFault::Place { place: place_of(url), why: why.to_owned() };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("keys do not belong into its address; see AWS_ACCESS_KEY_ID"));
        }
        let bucket = url.host_str().filter(|bucket| !bucket.is_empty());
        let bucket = bucket.ok_or_else(|| refused("it names no bucket; say s3://BUCKET/FOLDER"))?;
        let prefix = Path::from_url_path(url.path());
        let prefix = prefix.map_err(|error| refused(&error.to_string()))?;
        let threads = Threads::named("lake-bucket", THREADS)?;
        let handle = threads.handle().ok_or_else(|| refused("there are no threads"))?;
        let mut builder = AmazonS3Builder::new();
        for (name, value) in &access.settings {
            if let Ok(key) = name.parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        check_encrypted(&builder).map_err(refused)?;
        let storage = builder
            .with_bucket_name(bucket)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_http_connector(SpawnedReqwestConnector::new(handle))
            .with_retry(retries)
            .build()
            .map_err(|error| refused(&format!("its settings cannot be used: {error}")))?;
        let whole: Arc<dyn ObjectStore> = Arc::new(Careful::new(storage));
        let table: Arc<dyn ObjectStore> = if prefix.as_ref().is_empty() {
            Arc::clone(&whole)
        } else {
            Arc::new(PrefixStore::new(Arc::clone(&whole), prefix))
        };
        let (location, names_checked) = (url.clone(), Arc::default());
        Ok(Self { whole, table, location, names_checked, threads: Arc::new(threads) })
    }

    pub(crate) fn log(&self) -> LogStoreRef {
        let (table, whole) = (Arc::clone(&self.table), Arc::clone(&self.whole));
        default_logstore(table, whole, &self.location, &StorageConfig::default())
    }

    pub(crate) fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.table)
    }

    pub(crate) fn begin(&self, name: &str) -> Upload {
        Upload::new(Arc::clone(&self.table), Arc::clone(&self.threads), Path::from(name))
    }

    /// Tries once whether the storage keeps what it is told to keep: some know no condition and overwrite.
    pub(crate) async fn check_names(&self) -> Result<(), LakeFault> {
        self.names_checked.get_or_try_init(|| self.try_names()).await?;
        Ok(())
    }

    async fn try_names(&self) -> Result<(), LakeFault> {
        let name = Path::from(TOUCHED);
        // Where it was not there yet, it is the second time.
        for _ in 0..2 {
            let put = self.table.put_opts(&name, PutPayload::new(), PutMode::Create.into());
            match put.await {
                Err(StoreError::AlreadyExists { .. }) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(LakeFault::of("write to its storage", error)),
            }
        }
        let why = "its storage overwrites what it is told to keep (If-None-Match), so that two \
                   writers would lose records; use one that does not";
        Err(LakeFault::Place { place: place_of(&self.location), why: why.to_owned() })
    }

    /// Puts something under a name that nobody may have given before, and finds out whose it is if that is not clear.
    ///
    /// A storage may have taken it although its answer got lost, and the client has then asked again and was told
    /// that there is something: it may be ours. What is put again is the same, so it cannot come to be there twice.
    pub(crate) async fn name(&self, store: &dyn ObjectStore, name: &Path, text: Bytes) -> Named {
        let mut unsure = None;
        for _ in 0..OUTCOME_ATTEMPTS_MAX {
            let payload = PutPayload::from(text.clone());
            let put = store.put_opts(name, payload, PutMode::Create.into()).await;
            let fault = match put {
                Ok(_) => return Named::Ours,
                Err(StoreError::AlreadyExists { .. }) => None,
                Err(error) if is_definite(&error) && unsure.is_none() => {
                    return Named::Refused(error);
                }
                Err(error) => Some(error),
            };
            let there = match store.get(name).await {
                Ok(found) => found.bytes().await.map(Some),
                Err(StoreError::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            };
            unsure = match (there, fault) {
                (Ok(Some(there)), _) if there == text => return Named::Ours,
                (Ok(Some(_)), _) => return Named::Taken,
                // Somebody else's is on its way, or was taken back; ours is not.
                (Ok(None), None) if unsure.is_none() => return Named::Taken,
                (Ok(None), fault) => fault.or(unsure),
                (Err(error), fault) => fault.or(Some(error)),
            };
        }
        unsure.map_or(Named::Taken, Named::Unsure)
    }

    /// Whether files are there still; and what time it is, by the youngest of them.
    pub(crate) async fn check_there(&self, names: &[&str]) -> Result<i64, LakeFault> {
        let heads = names.iter().map(|&name| async move {
            match self.table.head(&Path::from(name)).await {
                Ok(meta) => Ok(meta.last_modified.timestamp_millis()),
                Err(StoreError::NotFound { .. }) => Err(LakeFault::Gone { path: name.to_owned() }),
                Err(error) => Err(LakeFault::of(ASK, error)),
            }
        });
        let heads = futures::stream::iter(heads).buffer_unordered(AT_ONCE);
        let youngest =
            heads.try_fold(None, |youngest, at| async move { Ok(youngest.max(Some(at))) });
        match youngest.await? {
            Some(at) => Ok(at),
            None => self.clock().await,
        }
    }

    /// What time it is by the storage's clock, in milliseconds; never late, and early by little more than a second.
    pub(crate) async fn clock(&self) -> Result<i64, LakeFault> {
        let name = Path::from(TOUCHED);
        let read = async {
            self.table.put(&name, PutPayload::new()).await?;
            self.table.head(&name).await
        };
        let touched =
            read.await.map_err(|error| LakeFault::of("read its storage's clock", error))?;
        Ok(touched.last_modified.timestamp_millis())
    }

    /// Removes a file that nobody knows, later.
    pub(crate) fn discard(&self, name: &str) {
        let (table, name) = (Arc::clone(&self.table), Path::from(name));
        self.threads.run(async move {
            if let Err(error) = table.delete(&name).await {
                tracing::debug!(%error, path = %name, "a file that nobody needs stays");
            }
        });
    }

    /// Data files; nothing that others may have put there.
    pub(crate) async fn found(&self) -> Result<Vec<Found>, LakeFault> {
        let listed = async {
            let folders = self.table.list_with_delimiter(None).await?.common_prefixes;
            let days = folders.into_iter().filter(|folder| folder.as_ref().contains('='));
            let lists = days.map(|day| self.table.list(Some(&day)));
            futures::stream::iter(lists).flatten().try_collect::<Vec<_>>().await
        };
        let listed = listed.await.map_err(|error| LakeFault::of(SWEEP, error))?;
        let data = listed.into_iter().filter(|meta| {
            let name = meta.location.as_ref();
            name.split_once('/').is_some_and(|(folder, name)| is_data(folder, name))
        });
        Ok(data
            .map(|meta| Found {
                name: meta.location.to_string(),
                bytes: meta.size,
                written_at: meta.last_modified.timestamp_millis(),
            })
            .collect())
    }

    /// Removes files.
    pub(crate) async fn remove(&self, files: &[Found]) -> Result<(), LakeFault> {
        let names: Vec<_> = files.iter().map(|file| Ok(Path::from(file.name.as_str()))).collect();
        let mut removed = self.table.delete_stream(futures::stream::iter(names).boxed());
        while let Some(one) = removed.next().await {
            match one {
                Ok(_) | Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(LakeFault::of(SWEEP, error)),
            }
        }
        Ok(())
    }
}

/// Whether the storage has said no, so that nothing was written and nothing will be.
fn is_definite(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::NotFound { .. }
            | StoreError::PermissionDenied { .. }
            | StoreError::Unauthenticated { .. }
            | StoreError::NotImplemented { .. }
            | StoreError::InvalidPath { .. }
    )
}

/// Everything goes over the network, the keys' signatures too: in the clear only if somebody wants it so.
fn check_encrypted(builder: &AmazonS3Builder) -> Result<(), &'static str> {
    let of = |key| builder.get_config_value(&key);
    let endpoint = of(AmazonS3ConfigKey::S3Endpoint).or_else(|| of(AmazonS3ConfigKey::Endpoint));
    let is_plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    let is_wanted = of(AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp));
    if is_plain && is_wanted.as_deref() != Some("true") {
        return Err("its endpoint is not encrypted; say https, or AWS_ALLOW_HTTP=true where the \
                    network can be trusted");
    }
    Ok(())
}

/// A storage that fails for a moment is asked again; one that is gone is told of soon.
pub(crate) fn patience() -> RetryConfig {
    let (init_backoff, max_backoff) = (Duration::from_millis(100), Duration::from_secs(3));
    let backoff = BackoffConfig { init_backoff, max_backoff, base: 2.0 };
    RetryConfig { backoff, max_retries: 6, retry_timeout: Duration::from_secs(30) }
}

/// An address without what somebody may have written into it.
pub(crate) fn place_of(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}
