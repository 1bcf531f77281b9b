//! What the collector says of its feeds while it runs: looked at every few seconds, and written beside the record,
//! where the screens and `fengsui watch status` find it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fengsui_desk::{Clock as _, MachineClock};
use fengsui_intake::{Spool, SyslogCounts};
use fengsui_records::{Feed, FeedName, Trouble};
use fengsui_watch::{Counters, Gauges, Losses, Said, Seen, WatchSettings, complete};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::commands::Failure;

/// How often it is looked and said.
const SAY_EVERY: Duration = Duration::from_secs(2);

/// Letters of what is wrong.
const TROUBLE_CHARS_MAX: usize = 500;

/// The folder in that of the record.
const FOLDER: &str = "watch";

/// What is wrong with something, since when; whoever mends it calls it off.
#[derive(Clone, Debug, Default)]
pub(super) struct Alarm(Arc<Mutex<Raised>>);

#[derive(Debug, Default)]
struct Raised {
    trouble: Option<Trouble>,
    /// What the source itself no longer had when it was asked for it.
    missed: u64,
}

/// Where the state of one feed is read off.
#[derive(Default)]
pub(super) struct Dials {
    /// Where what comes in waits.
    pub(super) spool: Option<Spool>,
    /// What syslog counts.
    pub(super) syslog: Option<Box<dyn Fn() -> SyslogCounts + Send + Sync>>,
    /// Whether the source can be read.
    pub(super) bringing: Alarm,
    /// Whether what is fetched can be fetched.
    pub(super) fetching: Alarm,
}

/// The feeds of one collector.
pub(super) struct Gauging {
    folder: PathBuf,
    feeds: Vec<Gauged>,
    counters: Arc<Counters>,
    /// Whether the lake takes anything.
    lake: Alarm,
}

struct Gauged {
    feed: FeedName,
    dials: Dials,
    said: Said,
    losses: Losses,
    read: u64,
}

impl Alarm {
    /// Says what is wrong; the time at which it began stays.
    pub(super) fn raise(&self, fault: &dyn Error) {
        let mut raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = raised.trouble.take().map_or_else(|| MachineClock.now(), |known| known.since);
        let what = Failure::of("", fault).to_string();
        let what = what.trim_start_matches(": ").chars().take(TROUBLE_CHARS_MAX).collect();
        raised.trouble = Some(Trouble { since, what });
    }

    /// It is well again.
    pub(super) fn call_off(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).trouble = None;
    }

    /// So much is gone that nobody has any more.
    pub(super) fn miss(&self, pieces: i64) {
        let mut raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        raised.missed = raised.missed.saturating_add(u64::try_from(pieces).unwrap_or_default());
    }

    fn trouble(&self) -> Option<Trouble> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).trouble.clone()
    }

    fn missed(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).missed
    }
}

impl Dials {
    fn gauges(&self) -> Gauges {
        let Some(spool) = &self.spool else { return Gauges::default() };
        let standing = spool.standing();
        Gauges {
            waiting: standing.waiting,
            spool_bytes: standing.bytes,
            spool_bytes_max: standing.bytes_max,
        }
    }

    /// What was lost since the program began.
    fn losses(&self) -> Losses {
        let spool = self.spool.as_ref().map(Spool::standing).unwrap_or_default();
        let syslog = self.syslog.as_ref().map(|counts| counts()).unwrap_or_default();
        Losses {
            lost: syslog.dropped.saturating_add(syslog.overflowed) + self.bringing.missed(),
            refused: spool.refused.saturating_add(syslog.refused),
            damaged: spool.damaged.saturating_add(syslog.malformed),
        }
    }
}

impl Gauging {
    /// Begins with what was said before the program was started.
    pub(super) fn of(data: &Path, counters: Arc<Counters>, lake: Alarm) -> Self {
        Self { folder: data.join(FOLDER), feeds: Vec::new(), counters, lake }
    }

    /// Looks after one more feed.
    pub(super) fn add(&mut self, feed: FeedName, dials: Dials) {
        let said = read(&file_of(&self.folder, &feed));
        self.feeds.push(Gauged { feed, dials, said, losses: Losses::default(), read: 0 });
    }

    /// Says how the feeds stand until told to stop; gives itself back for the last time. Nothing, where it broke off.
    pub(super) async fn say_until(self, stop: CancellationToken) -> Option<Self> {
        let mut turns = tokio::time::interval(SAY_EVERY);
        let mut gauging = self;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Some(gauging),
                _ = turns.tick() => {}
            }
            gauging = gauging.say_once().await?;
        }
    }

    /// Says it now.
    pub(super) async fn say_once(mut self) -> Option<Self> {
        let said = tokio::task::spawn_blocking(move || {
            self.say();
            self
        });
        said.await.ok()
    }

    fn say(&mut self) {
        let now = MachineClock.now();
        for gauged in &mut self.feeds {
            gauged.look(now, &self.counters, &self.lake);
            if let Err(fault) = write(&self.folder, &gauged.feed, &gauged.said) {
                tracing::warn!(feed = %gauged.feed, %fault, "how a feed stands could not be written down");
            }
        }
    }
}

impl Gauged {
    fn look(&mut self, now: Timestamp, counters: &Counters, lake: &Alarm) {
        let losses = self.dials.losses();
        let read = counters.of(&self.feed).read;
        let alarms = [lake, &self.dials.bringing, &self.dials.fetching];
        self.said.see(
            now,
            Seen {
                gauges: self.dials.gauges(),
                losses: losses.since(self.losses),
                was_heard: read > self.read,
                trouble: alarms.into_iter().find_map(Alarm::trouble),
            },
        );
        (self.losses, self.read) = (losses, read);
    }
}

/// Completes what the lake says of feeds by what their collector said last.
pub(crate) fn completed(
    mut feeds: Vec<Feed>,
    watch: &WatchSettings,
    data: &Path,
    now: Timestamp,
) -> Vec<Feed> {
    let folder = data.join(FOLDER);
    let names = || watch.feeds.iter().map(|feed| feed.name.clone());
    let said: BTreeMap<FeedName, Said> = names()
        .filter_map(|name| {
            let file = file_of(&folder, &name);
            file.exists().then(|| (name, read(&file)))
        })
        .collect();
    complete(&mut feeds, names(), &said, now);
    feeds
}

fn file_of(folder: &Path, feed: &FeedName) -> PathBuf {
    folder.join(format!("{feed}.json"))
}

fn read(file: &Path) -> Said {
    let most = u64::try_from(Said::BYTES_MAX).unwrap_or(u64::MAX);
    let mut text = Vec::new();
    let opened = File::open(file).map(|file| file.take(most));
    match opened.and_then(|mut file| file.read_to_end(&mut text)) {
        Ok(_bytes) => Said::read(&text),
        Err(_absent) => Said::default(),
    }
}

/// Under another name first: whoever reads it meanwhile reads the one before.
fn write(folder: &Path, feed: &FeedName, said: &Said) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let draft = folder.join(format!("{feed}.draft"));
    std::fs::write(&draft, said.written()?)?;
    std::fs::rename(draft, file_of(folder, feed))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn what_is_wrong_is_said_since_it_began_and_until_it_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let feed: FeedName = "north".parse().unwrap();
        let dials = Dials::default();
        let alarm = dials.bringing.clone();
        let mut gauging = Gauging::of(folder.path(), Arc::default(), Alarm::default());
        gauging.add(feed.clone(), dials);
        alarm.raise(&io::Error::other("the folder is gone"));
        let first = alarm.trouble().unwrap();
        alarm.raise(&io::Error::other("x".repeat(9_000)));
        assert_eq!(alarm.trouble().unwrap().since, first.since);
        alarm.raise(&io::Error::other("the folder is gone"));
        alarm.miss(7);
        gauging.say();

        let watch: WatchSettings = toml::from_str(
            "[[feed]]\nname = \"north\"\nformat = \"eve\"\nsource = { kind = \"push\" }\n",
        )
        .unwrap();
        let now = MachineClock.now();
        let told = completed(Vec::new(), &watch, folder.path(), now);
        let intake = told[0].intake.as_ref().unwrap();
        assert_eq!((intake.lost, intake.trouble.as_ref()), (7, Some(&first)));
        alarm.call_off();
        gauging.say();
        gauging.say();
        let told = completed(Vec::new(), &watch, folder.path(), now);
        let intake = told[0].intake.as_ref().unwrap();
        assert_eq!((intake.lost, intake.trouble.as_ref()), (7, None));

        // What the next run finds, it adds to.
        let mut again = Gauging::of(folder.path(), Arc::default(), Alarm::default());
        let dials = Dials::default();
        dials.bringing.miss(1);
        again.add(feed, dials);
        again.say();
        let told = completed(Vec::new(), &watch, folder.path(), now);
        assert_eq!(told[0].intake.as_ref().unwrap().lost, 8);
    }
}
