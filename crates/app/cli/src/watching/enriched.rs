//! What is known beside the feeds: whose networks, which places, what is good. While the program collects it is looked
//! every few seconds whether the registry or a file has changed; what cannot be read leaves in place what was known.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fengsui_desk::{Desk, Directory};
use fengsui_watch::{Enrichment, Geo, Holding, Registry, WarningLists, WatchSettings};
use tokio::sync::watch::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

use super::holdings::{holdings_of, read_holdings};
use crate::commands::{Failure, Start, serve};

/// How often it is looked whether something has changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What is known, and what it was made from.
pub(crate) struct Known {
    watch: WatchSettings,
    /// Whose registry it is; none where there is no record.
    registered: Option<Registered>,
    geo: Vec<Stamp>,
    lists: Vec<Stamp>,
    current: Sender<Arc<Enrichment>>,
}

/// The registry of the record.
struct Registered {
    desk: Desk,
    /// How far the journal was looked through for what other processes did to it.
    position: u64,
    directory: Arc<Directory>,
    holdings: Vec<Holding>,
}

/// A file, and what is seen of it without reading it; nothing where it is not there.
type Stamp = (PathBuf, Option<(u64, i64, i64, u64)>);

/// Everything that is known now, by the file that was named, or by the record where there is one.
pub(crate) async fn enrichment(
    start: &Start,
    registry: Option<&Path>,
) -> Result<Enrichment, Failure> {
    let holdings = match registry {
        Some(file) => read_holdings(file)?,
        None if start.has_record() => {
            let desk = serve::open(&start.record()).await?;
            let holdings = holdings_of(&desk.directory());
            desk.close().await;
            holdings
        }
        None => Vec::new(),
    };
    beside(start.watch(), Registry::build(holdings))
}

/// Places and warning lists by the configuration, beside a registry.
pub(crate) fn beside(watch: &WatchSettings, registry: Registry) -> Result<Enrichment, Failure> {
    Ok(Enrichment {
        registry: Arc::new(registry),
        geo: Arc::new(geo(watch)?),
        warning_lists: Arc::new(warning_lists(watch)?),
    })
}

fn geo(watch: &WatchSettings) -> Result<Geo, Failure> {
    Geo::open(watch.geo_city.as_deref(), watch.geo_asn.as_deref())
        .map_err(|fault| Failure::of("watch.geo_city or watch.geo_asn cannot be used", &fault))
}

fn warning_lists(watch: &WatchSettings) -> Result<WarningLists, Failure> {
    let mut lists = WarningLists::default();
    for file in &watch.warning_lists {
        let wrong = |fault: &dyn std::error::Error| {
            Failure::of(&format!("{} cannot be used as a warning list", file.display()), fault)
        };
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let bytes = std::fs::read(file).map_err(|fault| wrong(&fault))?;
        lists.add(&name, &bytes).map_err(|fault| wrong(&fault))?;
    }
    Ok(lists.finish())
}

impl Known {
    /// Reads everything; here what cannot be read is a failure.
    pub(crate) async fn open(watch: &WatchSettings, desk: Option<Desk>) -> Result<Self, Failure> {
        // Looked at before they are read: what changes meanwhile is read again.
        let (geo, lists) = (geo_stamps(watch), list_stamps(watch));
        let registered = match desk {
            Some(desk) => Some(Registered::of(desk).await?),
            None => None,
        };
        let holdings = registered.as_ref().map(|it| it.holdings.clone()).unwrap_or_default();
        let current = beside(watch, Registry::build(holdings))?;
        let current = Sender::new(Arc::new(current));
        Ok(Self { watch: watch.clone(), registered, geo, lists, current })
    }

    /// What is known now, and what will be.
    pub(crate) fn follow(&self) -> Receiver<Arc<Enrichment>> {
        self.current.subscribe()
    }

    /// Looks after it until told to stop.
    pub(crate) async fn keep_up(mut self, stop: CancellationToken) {
        let mut turns = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = turns.tick() => {}
            }
            self.look().await;
        }
    }

    /// Reads anew what has changed.
    async fn look(&mut self) {
        let mut next = Enrichment::clone(&self.current.borrow());
        let mut is_changed = false;
        if let Some(registered) = &mut self.registered {
            match registered.changed().await {
                Ok(Some(registry)) => {
                    tracing::info!(prefixes = registry.prefixes(), "the registry has changed");
                    (next.registry, is_changed) = (Arc::new(registry), true);
                }
                Ok(None) => {}
                Err(fault) => tracing::warn!(%fault, "the registry cannot be read; trying again"),
            }
        }
        let stamps = geo_stamps(&self.watch);
        if stamps != self.geo {
            self.geo = stamps;
            if let Some(geo) = self.read_anew(geo).await {
                (next.geo, is_changed) = (Arc::new(geo), true);
            }
        }
        let stamps = list_stamps(&self.watch);
        if stamps != self.lists {
            self.lists = stamps;
            if let Some(lists) = self.read_anew(warning_lists).await {
                (next.warning_lists, is_changed) = (Arc::new(lists), true);
            }
        }
        if is_changed {
            self.current.send_replace(Arc::new(next));
        }
    }

    /// Files that have changed; nothing, where they cannot be used as they are now. They are tried again when they
    /// change once more: whoever replaces a file may not have been done.
    async fn read_anew<T: Send + 'static>(
        &self,
        read: fn(&WatchSettings) -> Result<T, Failure>,
    ) -> Option<T> {
        let watch = self.watch.clone();
        match tokio::task::spawn_blocking(move || read(&watch)).await {
            Ok(Ok(read)) => {
                tracing::info!("places or warning lists have changed");
                Some(read)
            }
            Ok(Err(failure)) => {
                tracing::error!(%failure, "a changed file is not taken up; what was known stays");
                None
            }
            Err(_gone) => None,
        }
    }
}

impl Registered {
    async fn of(desk: Desk) -> Result<Self, Failure> {
        let position = desk.follow_registry(None).await?;
        let directory = desk.directory();
        let holdings = holdings_of(&directory);
        Ok(Self { desk, position, directory, holdings })
    }

    /// The registry, where it is another than before.
    async fn changed(&mut self) -> Result<Option<Registry>, Failure> {
        self.position = self.desk.follow_registry(Some(self.position)).await?;
        let directory = self.desk.directory();
        if Arc::ptr_eq(&directory, &self.directory) {
            return Ok(None);
        }
        let holdings = holdings_of(&directory);
        self.directory = directory;
        if holdings == self.holdings {
            return Ok(None);
        }
        self.holdings.clone_from(&holdings);
        let built = tokio::task::spawn_blocking(move || Registry::build(holdings)).await;
        built.map(Some).map_err(|fault| Failure::of("the registry", &fault))
    }
}

fn geo_stamps(watch: &WatchSettings) -> Vec<Stamp> {
    [&watch.geo_city, &watch.geo_asn].into_iter().flatten().map(|file| stamp(file)).collect()
}

fn list_stamps(watch: &WatchSettings) -> Vec<Stamp> {
    watch.warning_lists.iter().map(|file| stamp(file)).collect()
}

fn stamp(file: &Path) -> Stamp {
    let about = std::fs::metadata(file).ok();
    let seen = about.map(|it| (it.len(), it.mtime(), it.mtime_nsec(), it.ino()));
    (file.to_owned(), seen)
}
