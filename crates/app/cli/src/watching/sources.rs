//! Sources by the configuration: opened once, begun as often as needed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fengsui_desk::{Clock as _, MachineClock};
use fengsui_formats::{Format, Setting};
use fengsui_intake::{
    Carve, Content, Credential, Files, Mails, Offloaded, Pattern, Pull, PullSetting, Pulled, Push,
    PushLimits, Source, Spool, SpoolLimits, SpoolSource, Stream, StreamSetting, Syslog,
    SyslogHeader, SyslogLimits, SyslogTls, Taxii, TaxiiSetting, Watching,
};
use fengsui_outbound::{Dialler, Http, HttpLimits, Names, Network, Reach, Trust, Url};
use fengsui_watch::{
    Feed, FeedSettings, FolderSettings, Manner, PullSettings, PushSettings, Shelf as _,
    SourceSettings, SyslogSettings, source_of,
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::LakeShelf;
use super::gauges::{Alarm, Dials};
use super::understood::{read_mapping, read_schema};
use crate::commands::{Failure, Start};

/// How often it is looked whether a pull is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Bytes of what one pull brings.
const PULLED_BYTES_MAX: usize = 64 << 20;

/// How long the body of a pull may take.
const PULLED_WITHIN: Duration = Duration::from_mins(5);

/// Objects that are asked for at once, and pages of one pull.
const PAGE_OBJECTS: u32 = 1_000;
const PAGES_MAX: usize = 10_000;

/// A feed whose source can be begun.
pub(super) struct Opened {
    pub(super) feed: Feed,
    pub(super) begin: Begin,
    /// Where it is read off how it stands.
    pub(super) dials: Dials,
}

/// Begins a source from what is committed on.
pub(super) type Begin = Box<dyn Fn() -> Box<dyn Source> + Send + Sync>;

/// Opens feeds one after another.
pub(super) struct Openings<'a> {
    start: &'a Start,
    spools: PathBuf,
    shelf: LakeShelf,
    stop: CancellationToken,
    tasks: TaskTracker,
    pub(super) push: Push,
}

impl<'a> Openings<'a> {
    pub(super) fn new(
        start: &'a Start,
        data: &Path,
        shelf: LakeShelf,
        (stop, tasks): (CancellationToken, TaskTracker),
    ) -> Self {
        Self { start, spools: data.join("spool"), shelf, stop, tasks, push: Push::default() }
    }

    pub(super) async fn open(&mut self, settings: &FeedSettings) -> Result<Opened, Failure> {
        let odd = |fault: &dyn std::error::Error| Failure::of("[watch] cannot be used", fault);
        let format = settings.format().map_err(|fault| odd(&fault))?;
        let schema = self.start.shadowserver_schema();
        let setting = Setting {
            shadowserver: schema.map(read_schema).transpose()?,
            mapping: settings.mapping.as_deref().map(read_mapping).transpose()?,
            name: None,
        };
        let feed = settings.feed(setting).map_err(|fault| odd(&fault))?;
        let carve = Carve::of(format.framing());
        let mut dials = Dials::default();
        let begin = match &settings.source {
            SourceSettings::Folder(folder) => in_folder(folder, carve)?,
            SourceSettings::Push(push) => self.pushed(settings, (push, carve), &mut dials).await?,
            SourceSettings::Syslog(syslog) => {
                self.syslog(settings, (syslog, format), &mut dials).await?
            }
            SourceSettings::Nats(nats) => {
                let setting = StreamSetting {
                    server: nats.url.clone(),
                    credentials: nats.credentials.clone(),
                    stream: nats.stream.clone(),
                    subjects: nats.subject.clone().into_iter().collect(),
                    message_bytes_max: carve.piece_bytes_max,
                };
                begun(move || Stream::new(setting.clone()))
            }
            SourceSettings::Mail(mail) => {
                let folder = mail.folder.clone();
                begun(move || Offloaded::new(Mails::new(&folder, carve)))
            }
            SourceSettings::Pull(pull) => self.pulled(settings, (pull, carve), &mut dials).await?,
        };
        Ok(Opened { feed, begin, dials })
    }

    async fn pushed(
        &mut self,
        settings: &FeedSettings,
        (push, carve): (&PushSettings, Carve),
        dials: &mut Dials,
    ) -> Result<Begin, Failure> {
        let spool = self.spool(settings, push.spool_bytes_max).await?;
        dials.spool = Some(spool.clone());
        let limits = PushLimits {
            body_bytes_max: push.body_bytes_max,
            unpacked_bytes_max: push.unpacked_bytes_max,
            ..PushLimits::default()
        };
        self.push.open(settings.name.clone(), spool, carve, limits);
        let source = self.push.source(&settings.name);
        let source = source.ok_or_else(|| Failure::Said("a push has no source".to_owned()))?;
        let source = Mutex::new(source);
        Ok(begun(move || {
            Offloaded::new(source.lock().unwrap_or_else(PoisonError::into_inner).anew())
        }))
    }

    async fn syslog(
        &self,
        settings: &FeedSettings,
        (syslog, format): (&SyslogSettings, Format),
        dials: &mut Dials,
    ) -> Result<Begin, Failure> {
        let spool = self.spool(settings, syslog.spool_bytes_max).await?;
        dials.spool = Some(spool.clone());
        let header = match format {
            Format::Cef | Format::Leef => SyslogHeader::Kept,
            Format::Eve
            | Format::Zeek
            | Format::Shadowserver
            | Format::IntelMq
            | Format::Idea
            | Format::Stix
            | Format::Misp
            | Format::Csv
            | Format::Json
            | Format::Blocklist => SyslogHeader::Stripped,
        };
        let mut server = Syslog::new(spool.clone(), header, SyslogLimits::default());
        let cannot = |fault| Failure::of(&format!("feed {}", settings.name), &fault);
        if let Some(address) = syslog.udp {
            server.on_udp(address).await.map_err(cannot)?;
        }
        if let Some(address) = syslog.tcp {
            server.on_tcp(address).await.map_err(cannot)?;
        }
        if let Some(address) = syslog.tls {
            server.on_tls(address, certified(syslog)?).await.map_err(cannot)?;
        }
        dials.syslog = Some(Box::new(server.counts()));
        self.tasks.spawn(server.run(self.stop.clone()));
        Ok(messages_of(spool))
    }

    async fn pulled(
        &self,
        settings: &FeedSettings,
        (pull, carve): (&PullSettings, Carve),
        dials: &mut Dials,
    ) -> Result<Begin, Failure> {
        let spool = self.spool(settings, PushSettings::default().spool_bytes_max).await?;
        dials.spool = Some(spool.clone());
        let wrong = |fault: &dyn std::error::Error| {
            Failure::of(&format!("feed {} cannot be pulled", settings.name), fault)
        };
        let http = Http::new(dialler(&pull.networks).map_err(|fault| wrong(&fault))?);
        let http = http.limited(HttpLimits {
            body_bytes_max: PULLED_BYTES_MAX,
            body_max: PULLED_WITHIN,
            ..HttpLimits::default()
        });
        let every = Duration::try_from(pull.every).map_err(|fault| wrong(&fault))?;
        let credential = match &pull.authorization {
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|fault| wrong(&fault))?;
                Some(Credential::read(&text))
            }
            None => None,
        };
        let place = pull.taxii_collection.as_ref().unwrap_or(&pull.url);
        let url = Url::parse(place).map_err(|fault| wrong(&fault))?;
        let puller = if pull.taxii_collection.is_some() {
            Puller::Taxii(Box::new(Taxii::new(
                http,
                TaxiiSetting {
                    collection: url,
                    every,
                    credential,
                    page_objects: PAGE_OBJECTS,
                    page_bytes_max: PULLED_BYTES_MAX,
                    pages_max: PAGES_MAX,
                },
                spool.clone(),
            )))
        } else {
            let content_bytes_max = PULLED_BYTES_MAX;
            let setting = PullSetting { url, every, credential, content_bytes_max };
            Puller::Plain(Box::new(Pull::new(http, setting, spool.clone())))
        };
        let fetching = dials.fetching.clone();
        self.tasks.spawn(puller.pull(settings.name.to_string(), fetching, self.stop.clone()));
        Ok(begun(move || Offloaded::new(SpoolSource::new(spool.clone(), Content::Bodies(carve)))))
    }

    /// The spool of a feed, whose numbers go on behind what the lake has.
    async fn spool(&self, settings: &FeedSettings, bytes_max: u64) -> Result<Spool, Failure> {
        let folder = self.spools.join(settings.name.as_str());
        let (lake, source) = (self.shelf.clone(), source_of(&settings.name, "spool"));
        let opened = tokio::task::spawn_blocking(move || {
            let reached = lake.reached(&source).map_err(|fault| Failure::of("the lake", &fault))?;
            let usual = SpoolLimits::default();
            // A pushed table is one entry.
            let entry_bytes_max = usual.entry_bytes_max.max(PushSettings::UNPACKED_BYTES_MAX);
            let limits = SpoolLimits { bytes_max, entry_bytes_max, ..usual };
            Spool::open(&folder, limits, reached).map_err(|fault| Failure::of("the spool", &fault))
        });
        opened.await.map_err(|fault| Failure::of("the spool", &fault))?
    }
}

fn begun<S: Source + 'static>(begin: impl Fn() -> S + Send + Sync + 'static) -> Begin {
    Box::new(move || Box::new(begin()))
}

fn messages_of(spool: Spool) -> Begin {
    begun(move || Offloaded::new(SpoolSource::new(spool.clone(), Content::Messages)))
}

fn in_folder(folder: &FolderSettings, carve: Carve) -> Result<Begin, Failure> {
    let pattern: Pattern =
        folder.pattern.parse().map_err(|fault| Failure::of("[watch] cannot be used", &fault))?;
    let (path, manner): (PathBuf, Manner) = (folder.path.clone(), folder.manner);
    Ok(begun(move || {
        let (path, pattern) = (path.clone(), pattern.clone());
        Offloaded::new(Files::new(
            match manner {
                Manner::Batch => Watching::Folder(path, pattern),
                Manner::Tail => Watching::Growing(path, pattern),
            },
            carve,
        ))
    }))
}

fn certified(syslog: &SyslogSettings) -> Result<SyslogTls, Failure> {
    let read = |file: &Option<PathBuf>| match file {
        Some(file) => std::fs::read(file)
            .map(Some)
            .map_err(|fault| Failure::of(&format!("{} cannot be read", file.display()), &fault)),
        None => Ok(None),
    };
    let (chain, key) = (read(&syslog.certificate)?, read(&syslog.key)?);
    let authorities = read(&syslog.client_authorities)?;
    let (chain, key) = (chain.unwrap_or_default(), key.unwrap_or_default());
    SyslogTls::from_pem(&chain, &key, authorities.as_deref())
        .map_err(|fault| Failure::of("syslog over TLS", &fault))
}

fn dialler(networks: &[String]) -> Result<Dialler, fengsui_outbound::NetworkMalformed> {
    let networks: Result<Vec<Network>, _> = networks.iter().map(|it| it.parse()).collect();
    Ok(Dialler::new(Names::System, Reach::public().and(networks?), Trust::public()))
}

/// What fetches on a schedule.
enum Puller {
    Plain(Box<Pull>),
    Taxii(Box<Taxii>),
}

impl Puller {
    async fn pull(mut self, feed: String, fetching: Alarm, stop: CancellationToken) {
        let mut turns = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = turns.tick() => {}
            }
            let now = MachineClock.now();
            let pulled = match &mut self {
                Self::Plain(pull) => pull.poll(now).await,
                Self::Taxii(taxii) => taxii.poll(now).await,
            };
            match pulled {
                Ok(Pulled::NotDue) => {}
                Ok(Pulled::Unchanged | Pulled::Kept(_)) => fetching.call_off(),
                Err(fault) => {
                    tracing::warn!(%feed, %fault, "a feed could not be pulled");
                    fetching.raise(&fault);
                }
            }
        }
    }
}
