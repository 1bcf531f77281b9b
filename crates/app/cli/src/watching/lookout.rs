//! The lake and the spools as the desk's lookout.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use async_trait::async_trait;
use fengsui_desk::{Lookout, NoAnswer, NotReread, PushRefused, Pushed};
use fengsui_intake::{Push, PushFault, SpoolFault};
use fengsui_lake::{Lake, LakeFault, Limits};
use fengsui_records::{
    Bucket, Feed, FeedName, Found, Hit, Place, Quarantine, QuarantineSearch, Reread, Search, Sight,
    Top, TopOf, Trend,
};
use fengsui_watch::WatchSettings;
use fengsui_watch::questions::{self, SearchFault};
use jiff::Timestamp;

use super::Rereading;

/// What a question of a screen may take.
const LIMITS: Limits =
    Limits { rows: 100_000, time: Duration::from_secs(20), memory: 512 << 20, spill: 2 << 30 };

/// Places that are looked up at once.
const PLACES_MAX: usize = 1_000;

/// The lake and the spools of the feeds that take pushes.
pub(crate) struct LakeLookout {
    lake: Lake,
    push: Arc<Push>,
    rereading: Arc<Rereading>,
    /// What is configured, and the folder in which collectors say how feeds stand.
    told: (WatchSettings, PathBuf),
}

impl LakeLookout {
    pub(crate) fn new(
        lake: Lake,
        (push, rereading): (Arc<Push>, Arc<Rereading>),
        told: (WatchSettings, PathBuf),
    ) -> Self {
        Self { lake, push, rereading, told }
    }

    async fn ask(&self, sql: &str) -> Result<Vec<RecordBatch>, NoAnswer> {
        let answer = self.lake.query(sql, LIMITS).await.map_err(no_answer)?;
        answer.collect().await.map_err(no_answer)
    }
}

impl fmt::Debug for LakeLookout {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("LakeLookout")
    }
}

#[async_trait]
impl Lookout for LakeLookout {
    async fn find(&self, search: &Search, skip: usize, most: usize) -> Result<Found, NoAnswer> {
        let sql = questions::find(search, skip, most).map_err(|fault| malformed(&fault))?;
        let mut hits = questions::hits_of(&self.ask(&sql).await?).map_err(unreadable)?;
        let more = hits.len() > most;
        hits.truncate(most);
        Ok(Found { hits, more })
    }

    async fn trend(&self, search: &Search, bucket: Bucket) -> Result<Trend, NoAnswer> {
        let sql = questions::trend(search, bucket).map_err(|fault| malformed(&fault))?;
        let slices = questions::slices_of(&self.ask(&sql).await?).map_err(unreadable)?;
        Ok(Trend { bucket, slices })
    }

    async fn top(&self, search: &Search, of: TopOf, most: usize) -> Result<Vec<Top>, NoAnswer> {
        let sql = questions::top(search, of, most).map_err(|fault| malformed(&fault))?;
        questions::tops_of(&self.ask(&sql).await?).map_err(unreadable)
    }

    async fn feeds(&self, now: Timestamp) -> Result<Vec<Feed>, NoAnswer> {
        let rows = self.ask(&questions::feeds(now)).await?;
        let feeds = questions::feeds_of(&rows).map_err(unreadable)?;
        let (watch, data) = self.told.clone();
        let completed =
            tokio::task::spawn_blocking(move || super::completed(feeds, &watch, &data, now));
        completed.await.map_err(|fault| NoAnswer::Unreadable { source: Box::new(fault) })
    }

    async fn records(&self, sight: &Sight, places: &[Place]) -> Result<Vec<Hit>, NoAnswer> {
        let places = places.get(..PLACES_MAX).unwrap_or(places);
        questions::hits_of(&self.ask(&questions::records(sight, places)).await?).map_err(unreadable)
    }

    async fn quarantine(
        &self,
        asked: &QuarantineSearch,
        most: usize,
    ) -> Result<Quarantine, NoAnswer> {
        if asked.sight != Sight::Everything {
            return Ok(Quarantine { counts: Vec::new(), pieces: Vec::new(), more: false });
        }
        let counts = self.ask(&questions::quarantine_counts(asked)).await?;
        let pieces = self.ask(&questions::quarantine(asked, most)).await?;
        let mut pieces = questions::unread_of(&pieces).map_err(unreadable)?;
        let more = pieces.len() > most;
        pieces.truncate(most);
        let counts = questions::counts_of(&counts).map_err(unreadable)?;
        Ok(Quarantine { counts, pieces, more })
    }

    async fn reread(
        &self,
        sight: &Sight,
        feed: &FeedName,
        reason: &str,
    ) -> Result<Reread, NotReread> {
        if *sight != Sight::Everything {
            return Ok(Reread::default());
        }
        self.rereading.reread(feed, reason).await
    }

    fn push_bytes_max(&self, feed: &FeedName) -> Option<usize> {
        self.push.bytes_max(feed)
    }

    async fn push(
        &self,
        feed: &FeedName,
        body: Vec<u8>,
        encoding: Option<&str>,
    ) -> Result<Pushed, PushRefused> {
        let pushed = self.push.take(feed, body, encoding).await;
        pushed.map(|pushed| Pushed { number: pushed.number }).map_err(refused)
    }
}

/// Why a push was not taken, in the words of the desk.
fn refused(fault: PushFault) -> PushRefused {
    match fault {
        PushFault::NoSuchFeed(_) => PushRefused::NoSuchFeed,
        PushFault::TooLarge { max, of } => PushRefused::TooLarge { max, of },
        // Larger than an entry may be: it would never be taken, however often it is sent again.
        PushFault::Spool(SpoolFault::TooLarge { bytes_max, .. }) => {
            PushRefused::TooLarge { max: bytes_max, of: "bytes" }
        }
        PushFault::EncodingUnknown(encoding) => PushRefused::EncodingUnknown(encoding),
        PushFault::NotUnpacked { .. } => PushRefused::NotUnpacked,
        PushFault::Empty => PushRefused::Empty,
        PushFault::Spool(SpoolFault::Full) => PushRefused::Full,
        other @ (PushFault::BrokenOff | PushFault::Spool(_)) => {
            PushRefused::NotKept { source: Box::new(other) }
        }
    }
}

fn malformed(fault: &SearchFault) -> NoAnswer {
    NoAnswer::Malformed(fault.to_string())
}

fn unreadable(fault: arrow::error::ArrowError) -> NoAnswer {
    NoAnswer::Unreadable { source: Box::new(fault) }
}

fn no_answer(fault: LakeFault) -> NoAnswer {
    match fault {
        LakeFault::TooLong { .. } | LakeFault::TooMuch { .. } => NoAnswer::TooMuch,
        other @ (LakeFault::Overtaken { .. }
        | LakeFault::Full { .. }
        | LakeFault::Unreachable { .. }
        | LakeFault::Bucket { .. }
        | LakeFault::Place { .. }
        | LakeFault::Shape { .. }
        | LakeFault::Gone { .. }
        | LakeFault::Busy
        | LakeFault::Malformed { .. }
        | LakeFault::Forbidden { .. }
        | LakeFault::Failed { .. }) => NoAnswer::Unreadable { source: Box::new(other) },
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use fengsui_formats::{Format, Mapping, Setting};
    use fengsui_watch::{
        Collector, Enrichment, Equipment, Feed as WatchFeed, Inbox, LocalLeases, Seed,
    };
    use jiff::SignedDuration;

    use super::*;
    use crate::commands::watch::taken_in;
    use crate::watching::{LakeShelf, open_lake};

    /// A lake with three alerts of the last hour and one line that is none.
    async fn lookout(folder: &std::path::Path, now: Timestamp) -> LakeLookout {
        let mut lines = String::new();
        for number in 1..=3 {
            let at =
                (now - SignedDuration::from_mins(number)).strftime("%Y-%m-%dT%H:%M:%S.%6f+0000");
            writeln!(
                lines,
                "{{\"timestamp\":\"{at}\",\"event_type\":\"alert\",\"src_ip\":\"198.51.100.{number}\",\"dest_ip\":\"203.0.113.9\",\
                 \"dest_port\":443,\"proto\":\"TCP\",\"alert\":{{\"signature_id\":{number},\"signature\":\"Rule's {number}\"}}}}"
            )
            .unwrap();
        }
        lines += "not an event\n";
        let file = folder.join("eve.json");
        std::fs::write(&file, lines).unwrap();
        let feed = WatchFeed::new("north".parse().unwrap(), Format::Eve, Setting::default());
        let lake = folder.join("lake");
        taken_in(&lake, (feed, Format::Eve), &file, Arc::new(Enrichment::default())).await.unwrap();
        joined(&lake, &Inbox::new(1 << 20), &[]).await
    }

    /// A lookout over a lake, and over an inbox that somebody may collect from.
    async fn joined(
        lake: &std::path::Path,
        inbox: &Arc<Inbox>,
        feeds: &[WatchFeed],
    ) -> LakeLookout {
        let data = lake.parent().unwrap().to_owned();
        let lake = open_lake(lake).await.unwrap();
        let shelf = LakeShelf::new(lake.clone(), tokio::runtime::Handle::current());
        let rereading = Rereading::new((shelf, lake.clone()), Arc::clone(inbox), feeds);
        let ways = (Arc::new(Push::default()), Arc::new(rereading));
        LakeLookout::new(lake, ways, (WatchSettings::default(), data))
    }

    fn of_partner(mapping: Option<&str>) -> WatchFeed {
        let read = |text: &str| Arc::new(Mapping::read("partner.toml", text).unwrap());
        let setting = Setting { mapping: mapping.map(read), ..Setting::default() };
        WatchFeed::new("partner".parse().unwrap(), Format::Csv, setting)
    }

    /// Collects until the inbox is closed.
    fn collect(
        shelf: &LakeShelf,
        mut tap: Arc<Inbox>,
        feed: WatchFeed,
    ) -> Result<(), fengsui_watch::WatchFault> {
        let equipment = Equipment {
            shelf,
            leases: &LocalLeases::default(),
            enrichment: Arc::new(Enrichment::default()),
            limits: fengsui_watch::Limits::of(1),
            seed: Seed(1, 2),
        };
        Collector::new(equipment, [feed]).run(&mut tap, &crate::watching::Machine)
    }

    fn quarantine_of(sight: Sight, since: Timestamp) -> QuarantineSearch {
        QuarantineSearch { sight, feed: None, reason: None, since }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_in_quarantine_is_read_again_by_the_collector_that_runs() {
        let folder = tempfile::tempdir().unwrap();
        let (file, lake) = (folder.path().join("list.csv"), folder.path().join("lake"));
        std::fs::write(&file, "what,address\nscan,198.51.100.1\nscan,198.51.100.2\nscan\n")
            .unwrap();
        let known = Arc::new(Enrichment::default());
        taken_in(&lake, (of_partner(None), Format::Csv), &file, known).await.unwrap();
        let mapping = "format = 1\n[[column]]\nfrom = \"address\"\nto = \"source.ip\"\n";
        let (inbox, feed) = (Inbox::new(1 << 20), of_partner(Some(mapping)));
        let lookout = joined(&lake, &inbox, std::slice::from_ref(&feed)).await;
        let shelf = LakeShelf::new(lookout.lake.clone(), tokio::runtime::Handle::current());
        let tap = Arc::clone(&inbox);
        let collecting = tokio::task::spawn_blocking(move || collect(&shelf, tap, feed));
        let partner: FeedName = "partner".parse().unwrap();
        let nobody = Sight::Organisations(std::collections::BTreeSet::new());
        let none = lookout.reread(&nobody, &partner, "no_mapping").await.unwrap();
        assert_eq!(none, Reread::default());
        let came = lookout.reread(&Sight::Everything, &partner, "no_mapping").await.unwrap();
        // The header says nothing, two rows are records, and the last has too few cells.
        let wanted = Reread { pieces: 4, resolved: 4, records: 2, quarantined: 1, ..came };
        assert_eq!((came, came.more), (wanted, false));
        let now = fengsui_desk::Clock::now(&fengsui_desk::MachineClock);
        let asked = quarantine_of(Sight::Everything, now - SignedDuration::from_hours(1));
        let left = lookout.quarantine(&asked, 10).await.unwrap();
        assert_eq!((left.pieces.len(), left.counts.len()), (1, 1), "{left:?}");
        assert_eq!((&*left.pieces[0].reason, left.counts[0].pieces), ("cells_differ", 1));
        let again = lookout.reread(&Sight::Everything, &partner, "no_mapping").await.unwrap();
        assert_eq!(again, Reread::default());
        let other = "other".parse().unwrap();
        let refused = lookout.reread(&Sight::Everything, &other, "no_mapping").await;
        assert!(matches!(refused, Err(NotReread::NotCollected)), "{refused:?}");
        let feeds = lookout.feeds(now + SignedDuration::from_mins(1)).await.unwrap();
        assert_eq!((feeds[0].last_day, feeds[0].quarantined), (2, 1), "{feeds:?}");
        inbox.close();
        collecting.await.unwrap().unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_lake_answers_every_question_of_the_screens() {
        let folder = tempfile::tempdir().unwrap();
        let now = fengsui_desk::Clock::now(&fengsui_desk::MachineClock);
        let lookout = lookout(folder.path(), now).await;
        let day = Search::within(Sight::Everything, now - SignedDuration::from_hours(24), now);

        let found = lookout.find(&day, 0, 2).await.unwrap();
        assert_eq!((found.hits.len(), found.more), (2, true));
        let newest = &found.hits[0];
        assert_eq!(newest.columns["source.ip"], "198.51.100.1");
        let places = [newest.place.clone()];
        let again = lookout.records(&Sight::Everything, &places).await.unwrap();
        assert!(again[0].raw.as_ref().unwrap().contains("Rule's 1"));
        let nobody = Sight::Organisations(std::collections::BTreeSet::new());
        assert_eq!(lookout.records(&nobody, &places).await.unwrap(), []);

        for (network, wanted) in
            [("198.51.100.2", 1), ("198.51.100.2/32", 1), ("203.0.113.0/24", 3)]
        {
            let asked = Search { network: Some(network.to_owned()), ..day.clone() };
            assert_eq!(lookout.find(&asked, 0, 10).await.unwrap().hits.len(), wanted, "{network}");
        }
        let asked = Search { signature: Some("Rule's 2".to_owned()), ..day.clone() };
        assert_eq!(lookout.find(&asked, 0, 10).await.unwrap().hits.len(), 1);
        let asked = Search { words: Some("rule's".to_owned()), port: Some(443), ..day.clone() };
        assert_eq!(lookout.find(&asked, 0, 10).await.unwrap().hits.len(), 3);

        for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
            let trend = lookout.trend(&day, bucket).await.unwrap();
            assert_eq!(trend.slices.iter().map(|slice| slice.records).sum::<u64>(), 3);
        }
        for of in TopOf::ALL {
            let top = lookout.top(&day, *of, 5).await.unwrap();
            assert!(top.iter().map(|top| top.records).sum::<u64>() <= 3, "{of:?}: {top:?}");
        }
        let feeds = lookout.feeds(now + SignedDuration::from_mins(1)).await.unwrap();
        assert_eq!((feeds[0].last_hour, feeds[0].quarantined), (3, 1), "{feeds:?}");

        let asked = quarantine_of(Sight::Everything, day.from);
        let unread = lookout.quarantine(&asked, 5).await.unwrap();
        assert_eq!(unread.pieces[0].beginning, "not an event");
        assert_eq!((unread.pieces[0].bytes, unread.counts[0].reason.as_str()), (12, "not_json"));
        let too_long = QuarantineSearch { reason: Some("too_long".to_owned()), ..asked };
        assert_eq!(lookout.quarantine(&too_long, 5).await.unwrap().pieces, []);
        let unread = lookout.quarantine(&quarantine_of(nobody, day.from), 5).await.unwrap();
        assert_eq!(unread.pieces, []);
    }
}
